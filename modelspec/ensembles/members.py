"""The members of an ensemble: which runs a command line names, and what each is called."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from modelspec.diagnostics import Diagnostic, Span, SpecError, name_list
from modelspec.layers import registry
from modelspec.runner.inference.loaded_module import loaded_module
from modelspec.runner.inference.trained_model import TrainedModel
from modelspec.runner.run.directory import BEST, RECORD, STUDY, find, read_json, series_file
from modelspec.runner.run.series import read_series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path


SPREAD = "spread"
"""What the name of an output's spread ends in."""


@dataclass(frozen=True, slots=True)
class Member:
    """One trained model of an ensemble.

    Attributes:
        name: What its node is called in the ensemble's spec.
        block: What its block is called; members of one spec have one.
        trained: The model with its best weights.
    """

    name: str
    block: str
    trained: TrainedModel

    @property
    def run(self) -> Path:
        """Its run directory."""
        assert self.trained.run
        return self.trained.run


def find_runs(
    texts: Sequence[str], runs: Path, best_trials: Callable[[Path], Sequence[Path]] | None = None
) -> list[Path]:
    """The run directories that a command line names, in its order.

    Runs of one spec by fold or by seed are all of them; a study is the best of its trials.

    Args:
        texts: Run directories, folders of runs, or names in `runs`.
        runs: The folder of all runs.
        best_trials: Gives the run directories of a study's best trials; None refuses studies.

    Raises:
        SpecError: There is none of a name, one is named twice, or they are fewer than two (MS807).
    """
    found: list[Path] = []
    for text in texts:
        folder = find(text, runs, series=True, study=best_trials is not None)
        if best_trials and (folder / STUDY).is_file():
            found += best_trials(folder)
        else:
            found += [folder] if (folder / RECORD).is_file() else series_runs(folder)
    seen: set[Path] = set()
    for path in found:
        if not (path / RECORD).is_file():
            message = f"it is no run directory: there is no `{RECORD}` in it"
            help = "name the runs that are there"
            raise SpecError([Diagnostic("MS807", message, Span(str(path)), help)])
        if path.resolve() in seen:
            message = "it is named twice"
            help = "name each run once; `--weights` says how much each counts"
            raise SpecError([Diagnostic("MS807", message, Span(str(path)), help)])
        seen.add(path.resolve())
    if len(found) < 2:
        what = f"`{found[0]}` is one run" if found else "no run is named"
        message = f"an ensemble has two members or more: {what}"
        help = "name several runs, or a cross-validation: `modelspec ensemble RUN RUN`"
        raise SpecError([Diagnostic("MS807", message, Span(str(texts[0] if texts else "")), help)])
    return found


def series_runs(folder: Path) -> list[Path]:
    """The run directories of all folds, or of all seeds.

    Raises:
        SpecError: One has not been trained to its end (MS807).
    """
    found = read_series(folder)
    left = [run.label for run in found.runs if run.status != "done"]
    if left:
        message = f"{', '.join(left)} of it {'is' if len(left) == 1 else 'are'} not done"
        help = "go on with `modelspec train --resume`, or name the runs that are done"
        raise SpecError([Diagnostic("MS807", message, Span(str(folder)), help)])
    return [folder / run.folder for run in found.runs]


def read_members(folders: Iterable[Path], plugins: Sequence[str] = ()) -> list[Member]:
    """The members, each with a name of its own.

    Raises:
        SpecError: A run directory is not whole, or has no weights, or others (MS806, MS807).
    """
    members = []
    for folder in folders:
        trained = TrainedModel.from_run(folder, plugins=plugins)
        _check_weights(trained)
        name = _part_name(folder) or identifier(_run_name(trained))
        members.append(Member(name, _block_name(identifier(trained.spec.name)), trained))
    return _numbered(members, _taken(members))


def weights_told(names: Sequence[str], models: Sequence[TrainedModel]) -> list[str]:
    """What is to be said of members that have no best weights."""
    left = [name for name, each in zip(names, models, strict=True) if each.weights.stem != BEST]
    if not left:
        return []
    verb, whose = ("has", "its") if len(left) == 1 else ("have", "their")
    return [f"{name_list(left)} {verb} no best weights: {whose} last ones are taken"]


def _check_weights(trained: TrainedModel) -> None:
    """Refuse weights that are damaged, or another model's.

    Raises:
        SpecError: They are (MS806, MS807).
    """
    try:
        loaded_module(trained, masks=False)
    except SpecError as error:
        help = "leave the run out, or train it again"
        raise SpecError([each._replace(help=help) for each in error.diagnostics]) from error


def _run_name(trained: TrainedModel) -> str:
    """What a run is called: as its spec is, or as `--name` said."""
    assert trained.run
    name = read_json(trained.run, RECORD).get("name")
    return name if isinstance(name, str) and name else trained.spec.name


def _numbered(members: Sequence[Member], taken: set[str]) -> list[Member]:
    """The members, of which those with one name, or with a taken one, get numbers."""
    counts = Counter(member.name for member in members)
    used = taken | {name for name, count in counts.items() if count == 1 and name not in taken}
    found = []
    for member in members:
        name, number = member.name, 0
        if counts[name] > 1 or name in taken:
            while not number or f"{name}_{number}" in used:
                number += 1
            name = f"{name}_{number}"
        used.add(name)
        found.append(replace(member, name=name))
    return found


def _taken(members: Iterable[Member]) -> set[str]:
    """What no member can be called: inputs, outputs and their spreads have these names."""
    return {
        name
        for member in members
        for names in (member.trained.graph.inputs, member.trained.graph.outputs)
        for name in (*names, *(f"{each}_{SPREAD}" for each in names))
    }


def _part_name(folder: Path) -> str:
    """`fold_1` of a cross-validation's `fold-1`, `trial_7` of a study's `0007`; else empty."""
    if series_file(folder.parent) is not None:
        return identifier(folder.name)
    is_trial = folder.parent.name == "trials" and folder.name.isdecimal()
    return f"trial_{int(folder.name)}" if is_trial else ""


def _block_name(name: str) -> str:
    """The name of a block, which is that of no layer type."""
    return f"{name}_model" if registry.find(name) else name


def identifier(text: str) -> str:
    """A spec's name as that of a node: letters, digits and `_`."""
    name = re.sub(r"\W", "_", text, flags=re.ASCII)
    return f"_{name}" if not name or name[0].isdigit() else name
