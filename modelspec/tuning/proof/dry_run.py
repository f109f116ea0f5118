"""What a search comes to, before it begins: how much there is, what of it can be trained."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from modelspec.language.yaml_writer import flow
from modelspec.tuning.proof.prove import MOST_COMBINATIONS, SAMPLE, Proof, prove
from modelspec.tuning.space.axes import SearchSpace
from modelspec.tuning.space.candidates import Candidates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.language.tune import Confirm, TuneSettings
    from modelspec.lint import Examined
    from modelspec.tuning.proof.prove import Share
    from modelspec.tuning.space.axes import Values

MOST_CHEAP = 100
"""So many combinations are looked at by every lint,"""
MOST_NODES = 4_000
"""where the nodes of all of them together are no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """A search that has been proved, and not begun.

    Attributes:
        trials: How many candidates are trained at most.
        window: How many trials a new one does not wait for.
    """

    settings: TuneSettings
    space: SearchSpace
    proof: Proof
    trials: int
    window: int = 1

    def lines(self) -> list[str]:
        """What there is to say, a line each."""
        rows = [("space", self._space()), ("looked at", self._looked_at()), *self._shares()]
        proof, section = self.proof, self.settings.section
        if proof.parameters:
            rows.append(("parameters", _range(proof.parameters)))
            flops = f"{_range(proof.flops)} a sample" if proof.flops else "they hang on open sizes"
            rows.append(("FLOPs", flops))
        rows += [("rejected", f"{shown(each.values)}: {each.why}") for each in proof.rejected]
        rows.append(("trials", self._trials()))
        objective = section.objective
        names = [objective] if isinstance(objective, str) else objective
        rows.append(("objective", ", ".join(names)))
        if section.confirm != "none":
            rows.append(("confirm", self._confirm(section.confirm)))
        return [f"{name:<11} {text}" for name, text in rows]

    def _confirm(self, confirm: Confirm) -> str:
        top = min(confirm.top, self.trials)
        best = "the best" if top == 1 else f"the best {top}"
        if confirm.seeds == 1:
            return f"{best} once again, with another seed"
        return f"{best}, {confirm.seeds} times{'' if top == 1 else ' each'}, with other seeds"

    def _space(self) -> str:
        ranges = sum(axis.space.count is None for axis in self.space.axes)
        count = f"{_many(len(self.space.axes), 'path')}, {_many(self.space.counted, 'combination')}"
        return f"{count}, {_many(ranges, 'range')} of numbers beside them" if ranges else count

    def _looked_at(self) -> str:
        looked_at = _many(self.proof.looked_at, "candidate")
        if self.proof.whole:
            return f"{looked_at}, which are all"
        if self.space.counted <= MOST_COMBINATIONS:
            return f"{looked_at}: all combinations, with the ends and the middle of each range"
        return f"{looked_at}: each value, every two together, and {SAMPLE} random ones"

    def _shares(self) -> list[tuple[str, str]]:
        section, proof = self.settings.section, self.proof
        rows = [("sound", _share(proof.sound, exact=proof.exact))]
        limits = {"parameters": section.limits.parameters, "FLOPs a sample": section.limits.flops}
        held = [f"at most {most:,} {name}" for name, most in limits.items() if most is not None]
        if held:
            within = _share(proof.within, exact=proof.exact)
            rows.append(("within", f"{within}: {', '.join(held)}"))
        return rows

    def _trials(self) -> str:
        section = self.settings.section
        text = f"at most {self.trials:,} by `{section.sampler}`, seed {section.seed}"
        left = self.proof.within.hits
        if self.proof.exact and left < self.trials:
            text = f"{left:,}, which are all that can be trained, by `{section.sampler}`"
        if section.pruner != "none":
            text += f", hopeless ones ended early by `{section.pruner}`"
        if self.window > 1:
            text += f"; each is chosen knowing all but the last {self.window - 1}"
        return text


def dry_run(
    examined: Examined,
    *,
    overrides: Sequence[str] = (),
    plugins: Sequence[str] = (),
    include_dirs: Sequence[str] = (),
    trials: int | None = None,
    window: int = 1,
    sample: int = SAMPLE,
) -> DryRun | None:
    """Prove the space of a spec that has no errors.

    Args:
        examined: The spec.
        overrides: What it was examined with, as of `--set`.
        plugins: The plugins whose layers it may use.
        include_dirs: Folders that its blocks may come from.
        trials: How many, where it is not what the spec says.
        window: How many trials a new one does not wait for.
        sample: How many random candidates say how much of a space is sound.

    Returns:
        None where the spec has no sound `tune` section.
    """
    settings = examined.spec.tune if examined.spec else None
    if settings is None or examined.document is None:
        return None
    candidates = Candidates(
        examined.file,
        overrides,
        plugins=plugins,
        include_dirs=include_dirs,
        limits=settings.section.limits,
        document=examined.document,
    )
    space = SearchSpace(settings.search)
    proof = prove(space, candidates, settings, sample=sample)
    return DryRun(
        settings=settings,
        space=space,
        proof=proof,
        trials=trials or settings.section.trials,
        window=window,
    )


def is_cheap(examined: Examined) -> bool:
    """Whether the space of a spec is looked at in a moment."""
    assert examined.spec
    assert examined.spec.tune
    assert examined.graph
    counted = SearchSpace(examined.spec.tune.search).counted
    return counted <= MOST_CHEAP and counted * len(examined.graph.nodes) <= MOST_NODES


def shown(values: Values) -> str:
    """A candidate in a line: `params.filters: 16, train.learning_rate: 0.01`."""
    return ", ".join(f"{path}: {_short(value)}" for path, value in values.items())


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else flow(value)


def _range(ends: tuple[int, int]) -> str:
    return f"{ends[0]:,}" if ends[0] == ends[1] else f"{ends[0]:,} to {ends[1]:,}"


def _share(share: Share, *, exact: bool) -> str:
    """`54 %`, of all of them; of a sample, give or take two standard errors."""
    percent = f"{100 * share.part:.3g} %"
    if exact:
        return f"{percent}, {share.hits:,} of {share.of:,}"
    if share.hits in (0, share.of):
        return f"{'none' if share.hits == 0 else 'all'} of {share.of} random ones"
    error = sqrt(share.part * (1 - share.part) / share.of)
    return (
        f"about {percent}, give or take {200 * error:.2g}: {share.hits} of {share.of} random ones"
    )


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
