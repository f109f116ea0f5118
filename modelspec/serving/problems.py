"""What is wrong with a request, as its answer says it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from modelspec.serving.what_to_send import what_to_send

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from modelspec.diagnostics import Diagnostic
    from modelspec.serving.columns import Column

MOST_PROBLEMS = 20
"""So many are told of one request."""
LONGEST = 600
"""So many characters are told of one problem."""
_NAME = re.compile(r"`([^`]+)`")
_AT_ROW = re.compile(r" at rows? \d+")
"""What a finding ends with whose place is a row, not the whole column."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        row: Which row, from 1; 0 for none.
        column: Which column; empty for none.
    """

    message: str
    help: str = ""
    row: int = 0
    column: str = ""

    def as_data(self) -> dict[str, Any]:
        """As JSON data, without what is not known."""
        found: dict[str, Any] = {"message": shortened(self.message)}
        for key in ("help", "row", "column"):
            if value := getattr(self, key):
                found[key] = shortened(value) if isinstance(value, str) else value
        return found


def shortened(text: str) -> str:
    """A text that may hold what was sent, without its middle where it is long."""
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} ... {text[-half:]}"


class RequestError(Exception):
    """A request that is refused.

    Args:
        status: The status code of the answer.
        problems: What is wrong.
        retry_after: After how many seconds the same request may be answered; 0 for never.
        close: Whether the rest of the request is not worth reading.
    """

    def __init__(
        self,
        status: int,
        problems: Problem | Sequence[Problem],
        *,
        retry_after: int = 0,
        close: bool = False,
    ) -> None:
        self.status = HTTPStatus(status)
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        self.retry_after = retry_after
        self.close = close
        super().__init__("; ".join(each.message for each in self.problems))

    @property
    def headers(self) -> dict[str, str]:
        """Those of the answer."""
        found = {"retry-after": str(self.retry_after)} if self.retry_after else {}
        return found | ({"connection": "close"} if self.close else {})

    @property
    def body(self) -> bytes:
        """That of the answer, JSON."""
        listed = [each.as_data() for each in self.problems[:MOST_PROBLEMS]]
        return json.dumps({"errors": listed}).encode()


def problems_of(
    findings: Iterable[Diagnostic], columns: Mapping[str, Column], rows: int
) -> list[Problem]:
    """What findings about rows in memory say, each with its row and column.

    Their help is for the author of the spec; who asks is told what the column takes.

    Args:
        findings: Of `encode_rows`.
        columns: Those of a row.
        rows: How many there are.
    """
    return [_problem(each, columns, rows) for each in findings]


def _problem(finding: Diagnostic, columns: Mapping[str, Column], rows: int) -> Problem:
    names = _NAME.findall(finding.message)
    column = next((name for name in names if name in columns), "")
    row = finding.span.line if rows == 1 or _AT_ROW.search(finding.message) else 0
    help = what_to_send(columns[column]) if column else ""
    return Problem(finding.message, help, row, column)
