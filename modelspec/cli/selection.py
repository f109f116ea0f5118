"""Which findings are shown: `--select` and `--ignore`."""

from collections.abc import Iterable
from typing import NamedTuple

from modelspec.cli.options import refuse
from modelspec.diagnostics import CODES, Diagnostic, Severity, did_you_mean


class Selection(NamedTuple):
    """The codes that are shown. Without a selection, all but infos are."""

    selected: frozenset[str]
    ignored: frozenset[str]

    def keeps(self, found: Diagnostic) -> bool:
        """Whether a finding is shown."""
        if found.code in self.ignored:
            return False
        if self.selected:
            return found.code in self.selected
        return found.severity is not Severity.INFO


def selection(select: Iterable[str] | None, ignore: Iterable[str] | None) -> Selection:
    """What the two options ask for.

    Raises:
        typer.BadParameter: A code that there is not.
    """
    return Selection(_codes(select, "--select"), _codes(ignore, "--ignore"))


def _codes(given: Iterable[str] | None, option: str) -> frozenset[str]:
    words = [word.strip() for text in given or () for word in text.split(",")]
    return frozenset(code for word in words if word for code in _meant(word, option))


def _meant(word: str, option: str) -> list[str]:
    """The codes of a word: a code, a name, or the beginning of codes."""
    codes = [
        row.code for row in CODES.values() if row.name == word or row.code.startswith(word.upper())
    ]
    if not codes:
        near = did_you_mean(word, [*CODES, *(row.name for row in CODES.values())])
        refuse(
            f"there is no finding `{word}`." + (f" Did you mean `{near}`?" if near else ""), option
        )
    return codes
