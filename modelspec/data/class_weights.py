"""How much each class of an output counts, by the index of the class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import did_you_mean, name_list
from modelspec.layers.values import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.data.features.preprocessing import Preprocessing
    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Graph, GraphOutput


def class_weights(
    graph: Graph, preprocessing: Preprocessing, report: Report
) -> dict[str, list[float]]:
    """One factor a class for each output that has `class_weight`; classes it leaves out count 1.

    Args:
        graph: Its outputs say the weights, by index or by the name that the data gives a class.
        preprocessing: Knows the names.
        report: Gets MS607 for a class that there is not.
    """
    found = {}
    for output in graph.outputs.values():
        if output.class_weight and output.loss:
            names = preprocessing.classes(output.name)
            found[output.name] = _factors(output, names, _count(output, names), report)
    return found


def _count(output: GraphOutput, names: Sequence[str] | None) -> int:
    if output.loss and output.loss.targets == "binary":
        return 2
    shape = output.value.shape if isinstance(output.value, Tensor) else None
    axis = getattr(output.loss, "axis", -1)
    size = shape[axis - 1 if axis > 0 else axis] if shape else None
    return size if isinstance(size, int) else len(names or ())


def _factors(
    output: GraphOutput, names: Sequence[str] | None, count: int, report: Report
) -> list[float]:
    positions = [str(index) for index in range(count)]
    known = list(names) if names else positions
    factors = [1.0] * count
    for key, factor in output.class_weight.items():
        if key in known:
            factors[known.index(key)] = factor
        elif key in positions:
            factors[positions.index(key)] = factor
        else:
            near = did_you_mean(key, known)
            report.add(
                output.place.at("class_weight", key).finding(
                    "MS607",
                    f"output `{output.name}` has no class `{key}`",
                    help=f"did you mean `{near}`?" if near else f"there are {name_list(known)}",
                    key=True,
                )
            )
    return factors
