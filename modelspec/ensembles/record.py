"""What `ensemble.json` of a run directory holds: read and written here, nowhere else."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Diagnostic, Span, SpecError
from modelspec.ensembles.weighting.result import Weighting
from modelspec.runner.run.directory import ENSEMBLE, read_json

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """A member.

    Attributes:
        name: What its node is called in the spec.
        run: The absolute path of its run directory.
        spec: The name of its spec.
        digest: The SHA-256 of its weights.
    """

    name: str
    run: str
    spec: str
    digest: str


@dataclass(frozen=True, slots=True)
class EnsembleRecord:
    """An ensemble.

    Attributes:
        members: In the order of the weights.
        outputs: By output, what each member counts, how that was chosen, and what it is worth.
        notes: What has to be said of it, a sentence each.
    """

    members: tuple[MemberRecord, ...]
    outputs: dict[str, Weighting] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The same as JSON data."""
        return {
            "version": VERSION,
            "members": [asdict(member) for member in self.members],
            "outputs": {name: each.as_data() for name, each in self.outputs.items()},
            "notes": list(self.notes),
        }


def record_text(record: EnsembleRecord) -> str:
    """What `ensemble.json` holds."""
    return json.dumps(record.as_data(), indent=2) + "\n"


def read_record(folder: Path) -> EnsembleRecord:
    """What `ensemble.json` of a run directory says.

    Raises:
        SpecError: It is missing, or not what an ensemble wrote (MS807).
    """
    content = read_json(folder, ENSEMBLE)
    try:
        if content["version"] != VERSION:
            raise ValueError(f"it is of version {content['version']!r}, not {VERSION}")
        members = [
            MemberRecord(*(str(each[key]) for key in ("name", "run", "spec", "digest")))
            for each in content["members"]
        ]
        outputs = {
            str(name): Weighting.from_data(each) for name, each in content["outputs"].items()
        }
        if any(len(each.weights) != len(members) for each in outputs.values()):
            raise ValueError("it has another number of weights than of members")
        return EnsembleRecord(tuple(members), outputs, tuple(map(str, content["notes"])))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"it is not what an ensemble wrote: {error}"
        raise SpecError([Diagnostic("MS807", message, Span(str(folder / ENSEMBLE)))]) from error
