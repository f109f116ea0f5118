"""What a study directory holds, `runs/NAME/TIME/`: read and written here, nowhere else.

study.json        what the study is: its spec, its seed, its settings
spec.yaml         the resolved spec, without what is searched over
source/           the files of the spec as they were when it began
trials/0001/      a run directory for each trial, with a `trial.json` of what was tried
confirm/0007-1/   a run directory for each time that one of the best was trained again
trials.csv        all trials, one a row
report.html       all of it on one page
best.yaml         the spec with the best values in place

The trials are what is true of a study: who goes on with it reads them, and nothing else.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, get_args

from modelspec.diagnostics import Diagnostic, Span, SpecError
from modelspec.runner.run import atomic_write, directory
from modelspec.runner.run.directory import read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

STUDY, TRIAL = directory.STUDY, "trial.json"
TRIALS, CONFIRM = "trials", "confirm"
TABLE, REPORT, BEST = "trials.csv", "report.html", "best.yaml"
VERSION = 1

Made = TypeVar("Made")
Ended = TypeVar("Ended", "Trial", "Confirmation")
Status: TypeAlias = Literal["running", "complete", "pruned", "failed"]


@dataclass(slots=True, kw_only=True)
class Study:
    """What a study is, apart from its trials.

    Attributes:
        name: What its directory is called after.
        spec: The absolute path of the spec.
        overrides: What the command line changed in it.
        seed: What the seeds of all trials are derived from.
        window: How many trials a new one does not wait for: it is chosen knowing those that are
            `window` or more before it, so that the order in which they end changes nothing.
        threads: Of the CPU, a trial, where the command line said it.
        share: How many threads a trial has at most, where it did not.
        trials: How many there are to be; None for a grid that ends by itself.
        population: How many trials a generation of `nsga2` has.
        stopped_after: The last trial before the study was ended for its failures.
        data: What the rows of the first trial were, to see that they have not changed.
        shared: What this machine is called where several share the study, else empty.
        objective: The names of what is to become best.
        higher: Of each, whether more of it is better.
    """

    name: str
    spec: str
    overrides: list[str] = field(default_factory=list)
    plugins: list[str] = field(default_factory=list)
    include_dirs: list[str] = field(default_factory=list)
    seed: int = 0
    window: int = 1
    threads: int | None = None
    share: int | None = None
    device: str = "auto"
    trials: int | None = None
    population: int = 0
    stopped_after: int = 0
    data: dict[str, Any] = field(default_factory=dict)
    shared: str = ""
    objective: list[str]
    higher: list[bool]


@dataclass(slots=True, kw_only=True)
class Rejected:
    """A candidate that was proposed and never started.

    Attributes:
        values: What it had at each path.
        over: By how much it is over each limit, as a part of the limit; empty where it is not.
        why: What lint said, or which limit it is over.
    """

    values: dict[str, Any]
    over: dict[str, float] = field(default_factory=dict)
    why: str


@dataclass(slots=True, kw_only=True)
class Trial:
    """A candidate that was trained, or is.

    Attributes:
        number: From 1, in the order in which they were chosen.
        values: What it has at each path.
        seed: Of its training, `train.seed`.
        parameters: How many it has.
        flops: A sample; None where the shapes of a sample are open.
        status: `running` until it has ended, also where its process is gone.
        why: Why it was pruned, or failed.
        objectives: What each objective came to, at the epoch that was best by the first that is
            measured; empty where it was never measured.
        epoch: Which epoch that was; None where there was none.
        epochs: How many epochs were trained.
        seconds: How long it took.
        cpu: CPU seconds that it took.
        rejected: What was proposed for this number before it, and not started.
        memory: What the pruner has to know of it again.
        test: What the test rows say of the best trial, where none was confirmed; else empty.
    """

    number: int
    values: dict[str, Any]
    seed: int
    parameters: int
    flops: int | None = None
    status: Status = "running"
    why: str = ""
    objectives: dict[str, float] = field(default_factory=dict)
    epoch: int | None = None
    epochs: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    rejected: list[Rejected] = field(default_factory=list)
    memory: dict[str, Any] = field(default_factory=dict)
    test: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Confirmation:
    """One time that one of the best was trained again, with another seed.

    Attributes:
        trial: Which one.
        repeat: From 1.
        test: What the test rows say, of the one run that was chosen; else empty.
    """

    trial: int
    repeat: int
    seed: int
    status: Status = "running"
    why: str = ""
    objectives: dict[str, float] = field(default_factory=dict)
    test: dict[str, float] = field(default_factory=dict)


def trial_folder(study: Path, number: int) -> Path:
    """The run directory of a trial."""
    return study / TRIALS / f"{number:04d}"


def confirm_folder(study: Path, trial: int, repeat: int) -> Path:
    """The run directory of a time that a trial was repeated."""
    return study / CONFIRM / f"{trial:04d}-{repeat}"


def write_study(folder: Path, study: Study) -> None:
    """Write `study.json`, whole or not at all."""
    _write(folder / STUDY, asdict(study))


def read_study(folder: Path) -> Study:
    """What `study.json` says.

    Raises:
        SpecError: It is missing, or not what a study wrote (MS807).
    """
    return _read(folder, STUDY, lambda content: Study(**content))


def write_trial(folder: Path, trial: Trial) -> None:
    """Write `trial.json` into a run directory, whole or not at all."""
    _write(folder / TRIAL, asdict(trial))


def read_trial(folder: Path) -> Trial:
    """What `trial.json` of a run directory says.

    Raises:
        SpecError: It is missing, or not what a study wrote (MS807).
    """
    return _read(folder, TRIAL, trial_of)


def trial_of(content: Mapping[str, Any]) -> Trial:
    """The trial that `dataclasses.asdict` made JSON data of.

    Raises:
        KeyError: Something is missing.
        TypeError: Something is missing, or unknown.
        ValueError: It has no status that there is.
    """
    rejected = [Rejected(**each) for each in content["rejected"]]
    return _sound(Trial(**{**content, "rejected": rejected}))


def write_confirmation(folder: Path, confirmation: Confirmation) -> None:
    """Write `trial.json` of a repeated trial, whole or not at all."""
    _write(folder / TRIAL, asdict(confirmation))


def read_confirmation(folder: Path) -> Confirmation:
    """What `trial.json` of a repeated trial says.

    Raises:
        SpecError: It is missing, or not what a study wrote (MS807).
    """
    return _read(folder, TRIAL, lambda content: _sound(Confirmation(**content)))


def trial_folders(study: Path) -> list[Path]:
    """The folders of the trials that there are, in the order of their numbers."""
    return _numbered(study / TRIALS)


def confirm_folders(study: Path) -> list[Path]:
    """The folders of the trials that were repeated."""
    return _numbered(study / CONFIRM)


def _numbered(folder: Path) -> list[Path]:
    found = [path for path in folder.glob("[0-9]*") if (path / TRIAL).is_file()]
    return sorted(found, key=lambda path: [int(part) for part in path.name.split("-")])


def _sound(record: Ended) -> Ended:
    if record.status not in get_args(Status):
        raise ValueError(f"`{record.status}` is no status")
    return record


def _write(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps({"version": VERSION, **content}, indent=2) + "\n"
    atomic_write.write_file(path, lambda part: part.write_text(text, encoding="utf-8"))


def _read(folder: Path, name: str, made: Callable[[dict[str, Any]], Made]) -> Made:
    content = read_json(folder, name)
    try:
        if content.pop("version") != VERSION:
            raise ValueError("another version wrote it")
        return made(content)
    except (KeyError, TypeError, ValueError) as error:
        message = f"it is not what a study wrote: {error}"
        raise SpecError([Diagnostic("MS807", message, Span(str(folder / name)))]) from error
