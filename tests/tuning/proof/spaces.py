"""Specs with spaces for tests, and their proofs."""

from pathlib import Path

from modelspec.lint import examine
from modelspec.tuning.proof.prove import Proof, prove
from modelspec.tuning.space.axes import SearchSpace
from modelspec.tuning.space.candidates import Candidates


def space_of(text: str) -> SearchSpace:
    """The space of a spec that lints clean."""
    spec = examine("spec.yaml", text=text).spec
    assert spec is not None
    assert spec.tune is not None
    return SearchSpace(spec.tune.search)


def proof_of(text: str, folder: Path | None = None) -> Proof:
    """The proof of the space of a spec that lints clean."""
    examined = examine("spec.yaml", text=text)
    assert examined.report.errors == []
    assert examined.spec is not None
    tune = examined.spec.tune
    assert tune is not None
    candidates = Candidates("spec.yaml", limits=tune.section.limits, document=examined.document)
    return prove(SearchSpace(tune.search), candidates, tune)


def planted(sizes: list[int], faults: list[dict[int, int]], own: int = -1, rest: str = "") -> str:
    """A spec in which just some values cannot go together.

    Args:
        sizes: How many values each param is searched over, from 0.
        faults: By the index of a param, the values that cannot go together: a layer of its own has
            no units then.
        own: What each param is in the file.
        rest: Of the `tune` section.
    """
    params = ", ".join(f"p{axis}: {own}" for axis in range(len(sizes)))
    layers = [
        f"  f{index}: {{type: Dense, units: '${{{_distance(fault)}}}', activation: relu}}\n"
        for index, fault in enumerate(faults)
    ]
    search = [f"    params.p{axis}: {list(range(size))}\n" for axis, size in enumerate(sizes)]
    return (
        f"params: {{{params}}}\ninputs: {{x: [8]}}\nlayers:\n{''.join(layers)}"
        f"  y: {{type: Dense, units: 1}}\noutputs: {{y: mse}}\ntrain: {{optimizer: adam}}\n"
        f"tune:\n  search:\n{''.join(search)}{rest}"
    )


def _distance(fault: dict[int, int]) -> str:
    return " + ".join(f"(p{axis} - {value})*(p{axis} - {value})" for axis, value in fault.items())
