"""What must hold of a spec that lints clean: it builds, runs, trains, renders and draws."""

from __future__ import annotations

import json
import re
import traceback
import warnings
from contextlib import contextmanager, redirect_stderr
from copy import deepcopy
from functools import cache
from io import StringIO
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from jsonschema import Draft202012Validator

from modelspec import language, plot
from modelspec.graph import Graph, bodies, totals
from modelspec.layers.values import Tensor
from modelspec.lint import examine
from modelspec.plot.options import FORMATS, PlotOptions
from modelspec.schema import json_schema
from modelspec.shapes import UNKNOWN, Shape, evaluate
from modelspec.torch import build
from modelspec.torch.constraints import constraints_of
from modelspec.torch.printing import code_of
from modelspec.torch.regularization import regularization_losses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

COLUMNS = (
    "lint", "schema", "open", "build", "forward", "shape", "dtype", "parameters", "train",
    "render", "code", "draw",
)  # fmt: skip
MOST_NUMBERS = 10_000_000
LONGEST = 64
"""The greatest size of open dimensions that is tried."""

UNBOUNDED = {
    "Divide", "Elementwise", "Arithmetic", "Prod", "Matmul", "Dot", "Cast", "exponential",
    "Rescaling",
    "Mod",
    "Arctan2",
    "Norm",
    "Std", "Embedding",
    "EinsumDense", "Multiply", "moving_variance_initializer",
}  # fmt: skip
"""Layers whose numbers may leave the range of floats, or have no value at all."""


class Failure(NamedTuple):
    """What does not hold of a spec.

    Attributes:
        column: One of `COLUMNS`.
        kind: What it has in common with others of its kind.
        message: What happened, in full.
    """

    column: str
    kind: str
    message: str


class BrokenError(Exception):
    """Something does not hold."""


def check_spec(spec: Mapping[str, Any], *, drawn: bool = False) -> list[Failure]:
    """Check all that must hold of a spec; nothing of one that has errors.

    Args:
        spec: The spec.
        drawn: Whether to draw it in all formats, which is slow.
    """
    checks = SpecChecks(spec)
    with warnings.catch_warnings(), redirect_stderr(StringIO()):  # torch.fx prints what it raises
        warnings.simplefilter("ignore")
        checks.run(drawn=drawn)
    return checks.failures


class SpecChecks:
    """The checks of one spec, which go on where one fails, as far as they can."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.failures: list[Failure] = []
        self._spec = spec
        self._text = json.dumps(spec)

    def run(self, *, drawn: bool) -> None:
        """Run all checks."""
        examined = None
        with self._column("lint"):
            examined = examine("drawn.yaml", text=self._text)
        if examined is None or examined.report.errors or examined.graph is None:
            return
        graph = examined.graph
        with self._column("schema"):
            _check_schema(examined.document.data)  # type: ignore[union-attr]
        with self._column("open"):
            self._check_sizes(graph)
        with self._column("render"):
            _check_render(language.render(examined.spec), graph)  # type: ignore[arg-type]
        if drawn:
            with self._column("draw"):
                for format in FORMATS:
                    assert plot.draw(graph, PlotOptions(format=format))

    def _check_sizes(self, graph: Graph) -> None:
        """Build it, and run it at the least size of what is open, and at a greater one."""
        sizes = self._fitting_sizes(graph)
        if any(_is_large(exact) for _, exact in sizes):
            return
        module = None
        with self._column("build"):
            module = build(graph, seed=0)
        if module is None:
            return
        with self._column("parameters"):
            _check_parameters(graph, module)
        for index, (size, exact) in enumerate(sizes):
            inputs = random_inputs(graph, size, batch=3 - 2 * index)
            with self._column("forward"):
                _check_forward(graph, exact, module, inputs, size, self._column)
            if len(sizes) == 1:
                inputs = random_inputs(graph, size, batch=1)
                with self._column("forward"):
                    _check_forward(graph, exact, module, inputs, size, self._column)
        if any(failure.column == "forward" for failure in self.failures):
            return
        if not sizes:
            return
        inputs = random_inputs(graph, sizes[0][0], batch=3)
        with self._column("code"):
            _check_code(module, graph, inputs)
        with self._column("train"):
            _check_training(graph, deepcopy(module), inputs, bounded=self._is_bounded())

    def _is_bounded(self) -> bool:
        return not any(f'"{name}"' in self._text for name in UNBOUNDED)

    def _fitting_sizes(self, graph: Graph) -> list[tuple[dict[str, int], Graph]]:
        """The least sizes of what is open and greater ones, with the graph of each.

        Raises:
            BrokenError: There are none, or not the least ones that lint gives.
        """
        symbols = sorted(open_sizes(graph))
        if not symbols:
            return [({}, graph)]
        found = []
        bound = max((graph.minimums.get(name, 1) for name in symbols), default=1)
        refused = ""
        for size in range(1, max(LONGEST, bound + 2)):
            sizes = {name: max(size, graph.minimums.get(name, 1)) for name in symbols}
            examined = examine("sized.yaml", text=json.dumps(with_sizes(self._spec, sizes)))
            wrong = list(examined.report.errors)
            if not wrong and examined.graph is not None:
                found.append((sizes, examined.graph))
            elif wrong[0].code == "MS502" or not refused:
                refused = f"{wrong[0].code} {wrong[0].message} at {sizes}"
            if len(found) == 2:
                return found
            if wrong and wrong[0].code == "MS502" and not any("." in name for name in symbols):
                message = f"said to be the least size, and refused: {refused}"
                raise BrokenError(message)
        if not found and not any("." in name for name in symbols):
            raise BrokenError(f"no size fits: {refused}")
        return found

    @contextmanager
    def _column(self, column: str) -> Iterator[None]:
        try:
            yield
        except IndexError as error:
            # An Embedding, and a drawn index.
            if "index out of range in self" not in str(error):
                self._note(column, error)
        except RuntimeError as error:
            if "is out of bounds for dimension" not in str(error):  # so of CategoryEncoding
                self._note(column, error)
        except BrokenError as error:
            self.failures.append(Failure(column, f"{column}: {_plain(str(error))}", str(error)))
        except Exception as error:
            self._note(column, error)

    def _note(self, column: str, error: Exception) -> None:
        text = f"{type(error).__name__}: {str(error)[:600]}"
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "/modelspec/" in frame.filename]
        where = f" in {ours[-1].filename.rpartition('/modelspec/')[2]}" if ours else ""
        kind = f"{column}: {_plain(text)[:130]}{where}"
        self.failures.append(Failure(column, kind, text))


def _plain(text: str) -> str:
    """A message without what is of one case."""
    return re.sub(r"\d+(\.\d+)?(e-?\d+)?|`[^`]*`|'[^']*'|\"[^\"]*\"|\bo\d+|\[[^]]*\]", "_", text)


def _is_large(graph: Graph) -> bool:
    """Whether a spec asks for more numbers than are worth waiting for: it may, and is not run."""
    values = (
        value
        for body in bodies(graph)
        for node in body.nodes.values()
        for value in node.outputs.values()
    )
    shapes = [value.shape for value in values if isinstance(value, Tensor)]
    numbers = sum(
        prod(size for size in shape if isinstance(size, int)) for shape in shapes if shape
    )
    return numbers + totals(graph).parameters > MOST_NUMBERS


def open_sizes(graph: Graph) -> set[str]:
    """The symbols of a graph's inputs; a size without a name is called by its place."""
    names = set()
    for node in graph.inputs.values():
        for axis, size in enumerate(_shape(node.outputs[""])):
            if size is UNKNOWN:
                names.add(f"{node.name}.{axis}")
            elif not isinstance(size, int):
                names |= size.symbols  # type: ignore[union-attr]
    return names


def with_sizes(spec: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[str, Any]:
    """The spec with its open dimensions set."""
    changed = dict(deepcopy(spec))
    for name, declared in changed["inputs"].items():
        shape = declared["shape"] if isinstance(declared, dict) else declared
        for axis, size in enumerate(shape):
            if size is None:
                shape[axis] = sizes[f"{name}.{axis}"]
            elif isinstance(size, str):
                shape[axis] = sizes[size]
    return changed


def random_inputs(graph: Graph, sizes: Mapping[str, int], batch: int) -> dict[str, torch.Tensor]:
    """Values for the inputs, the same at every call. Integers are 0 to 2."""
    generator = torch.Generator().manual_seed(1)
    found = {}
    for name, node in graph.inputs.items():
        value = node.outputs[""]
        assert isinstance(value, Tensor)
        shape = [
            sizes[f"{name}.{axis}"] if size is UNKNOWN else evaluate(size, dict(sizes))
            for axis, size in enumerate(value.shape or ())
        ]
        dtype = getattr(torch, value.dtype)
        full = [batch, *shape]
        found[name] = (
            torch.randn(full, generator=generator).to(dtype)  # type: ignore[arg-type]
            if dtype.is_floating_point
            else torch.randint(0, 3, full, generator=generator).to(dtype)  # type: ignore[arg-type]
        )
    return found


def _shape(value: Any) -> Shape:
    assert isinstance(value, Tensor)
    return value.shape or ()


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json_schema())


def _check_schema(data: Any) -> None:
    for error in _validator().iter_errors(data):
        raise BrokenError(f"{error.json_path}: {error.message[:300]}")


def _check_parameters(graph: Graph, module: torch.nn.Module) -> None:
    sums = totals(graph)
    trained = sum(each.numel() for each in module.parameters() if each.requires_grad)
    if trained != sums.trainable:
        raise BrokenError(f"{trained} trained numbers, {sums.trainable} declared")
    saved = module.state_dict()
    held = [array for name, array in saved.items() if "bias_hh" not in name or array.any()]
    names = dict(module.named_parameters())
    held = [array for name, array in saved.items() if name in names or "bias_hh" not in name]
    every = sum(array.numel() for array in held)
    if every != sums.trainable + sums.non_trainable:
        raise BrokenError(f"{every} numbers, {sums.trainable + sums.non_trainable} declared")


def _check_forward(
    graph: Graph,
    exact: Graph,
    module: torch.nn.Module,
    inputs: Mapping[str, torch.Tensor],
    sizes: Mapping[str, int],
    column: Callable[[str], Any],
) -> None:
    module.eval()
    with torch.no_grad():
        outputs = module(dict(inputs))
    batch = len(next(iter(inputs.values())))
    with column("shape"):
        for name, output in graph.outputs.items():
            found = tuple(outputs[name].shape)
            declared = [evaluate(size, dict(sizes)) for size in _shape(output.value)]
            whole = list(_shape(exact.outputs[name].value))
            if None in declared and len(whole) == len(declared):
                declared = whole
            if len(found) != len(declared) + 1 or not all(
                size in (None, real) for size, real in zip((batch, *declared), found, strict=True)
            ):
                raise BrokenError(f"{found} at `{output.source}`, declared {_shape(output.value)}")
    with column("dtype"):
        for name, output in graph.outputs.items():
            declared = f"torch.{output.value.dtype}"  # type: ignore[union-attr]
            if str(outputs[name].dtype) != declared:
                raise BrokenError(
                    f"{outputs[name].dtype} at `{output.source}`, declared {declared}"
                )


def _check_training(
    graph: Graph, module: torch.nn.Module, inputs: Mapping[str, torch.Tensor], *, bounded: bool
) -> None:
    module.train()
    torch.manual_seed(0)
    losses = regularization_losses(graph, module)
    outputs = losses.run(module, dict(inputs)) if losses else module(dict(inputs))
    for name, output in outputs.items():
        if bounded and output.is_floating_point() and not torch.isfinite(output).all():
            raise BrokenError(f"`{name}` is not finite in training")
    terms = [
        (output.float() * torch.linspace(-1, 1, output.numel()).view(output.shape)).mean()
        for output in outputs.values()
        if output.requires_grad
    ]
    if losses:
        terms += [losses.weight_losses(), losses.activity_losses()]
    total = torch.stack([term.float() for term in terms]).sum() if terms else None
    if total is None or not total.requires_grad:
        return
    total.backward()
    trained = {name: each for name, each in module.named_parameters() if each.requires_grad}
    for name, parameter in trained.items():
        if bounded and parameter.grad is not None and not torch.isfinite(parameter.grad).all():
            raise BrokenError(f"the gradient of `{name}` is not finite")
    if trained:
        torch.optim.SGD(trained.values(), 0.01).step()
        constraints_of(graph, module).apply()
    for name, parameter in trained.items():
        if bounded and not torch.isfinite(parameter).all():
            raise BrokenError(f"`{name}` is not finite after a step")


def _check_render(text: str, graph: Graph) -> None:
    again = examine("rendered.yaml", text=text)
    for finding in again.report.errors:
        raise BrokenError(f"{finding.code} {finding.message}\n{text}")
    assert again.graph is not None
    if [str(each.value) for each in again.graph.outputs.values()] != [
        str(each.value) for each in graph.outputs.values()
    ]:
        raise BrokenError(f"other outputs than the spec\n{text}")
    built, other = (build(each, seed=0) for each in (graph, again.graph))
    first, second = built.state_dict(), other.state_dict()
    if first.keys() != second.keys():
        raise BrokenError(
            f"other weights than the spec: {sorted(first.keys() ^ second.keys())}\n{text}"
        )
    for name, array in first.items():
        if not _equal(array, second[name]):
            raise BrokenError(f"another initial value of `{name}`\n{text}")
    if built.code != other.code:
        raise BrokenError(f"computes otherwise than the spec\n{built.code}\n{other.code}")


def _equal(left: torch.Tensor, right: torch.Tensor) -> bool:
    """Whether the numbers are equal but for rounding, what is no number being so to itself."""
    return torch.allclose(left.double(), right.double(), atol=1e-6, rtol=1e-5, equal_nan=True)


def _check_code(module: Any, graph: Graph, inputs: Mapping[str, torch.Tensor]) -> None:
    text = code_of(module, graph)
    space: dict[str, Any] = {"__name__": "printed"}
    exec(compile(text, "printed.py", "exec"), space)
    printed = space["Model"]()
    printed.load_state_dict(module.state_dict())
    with torch.no_grad():
        expected = module.eval()(dict(inputs))
        found = printed.eval()(*(inputs[name] for name in module.input_names))
    for name, output in expected.items():
        if not _equal(output, found[name]):
            raise BrokenError(f"`{name}` differs\n{text}")
