"""Specs drawn at random over all layer types, each from a seed."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from modelspec.layers import registry
from modelspec.layers.values import FLOATS, INTEGERS, Bundle, Example, LayerError, Tensor, Value
from modelspec.lint import examine
from modelspec.shapes import UNKNOWN, symbol
from tests.layers.check_spec import written
from tests.soundness.values import Arguments, examples_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WRAPPERS = ("TimeDistributed", "TimeDistributed", "Bidirectional", "SpectralNormalization")
NAMES = (*registry.names(), *WRAPPERS)
FLOAT_TYPES = ("float32",) * 6 + ("float64", "float16", "bfloat16")
INTEGER_TYPES = ("int64",) * 4 + ("int32", "int16", "int8", "uint8", "bool")
ATTEMPTS = 6
MOST_LAYERS = 6


class Reach(NamedTuple):
    """A value that a layer can read."""

    node: str
    port: str
    value: Value

    @property
    def written(self) -> str:
        """As an edge names it."""
        return f"{self.node}.{self.port}" if self.port else self.node


def draw_spec(seed: int) -> dict[str, Any] | None:
    """The spec of a seed: it lints clean. None for a seed that leads to none."""
    drawing = SpecDrawing(Random(seed))
    drawing.grow(drawing.rng.randint(1, MOST_LAYERS))
    return drawing.finished()


def example_specs() -> list[dict[str, Any]]:
    """Each example of each declaration as a spec, also on floats of other types."""
    return [
        _spec_of_example(name, example, dtype)
        for name in registry.names()
        for example in examples_of(name)
        for dtype in ((example.dtype, "float64", "float16") if example.dtype in FLOATS else ())
        or (example.dtype,)
    ]


def _spec_of_example(name: str, example: Example, dtype: str) -> dict[str, Any]:
    inputs = {
        f"x{index}": {"shape": list(shape), "dtype": dtype}
        for index, shape in enumerate(example.shapes)
    }
    layer = {"type": name, **written(example.arguments)}
    port = _first_port(layer)
    return {
        "version": 1,
        "inputs": inputs,
        "layers": {"l0": layer},
        "edges": [f"{', '.join(inputs)} -> l0"],
        "outputs": {"o0": {"from": f"l0.{port}" if port else "l0"}},
    }


def _first_port(layer: Any) -> str:
    """The port at which a layer gives a value: not the default one of those that have none."""
    if not isinstance(layer, dict):
        return ""
    if layer.get("type") == "Split":
        return "part_0"
    return "forward" if layer.get("merge_mode", "") is None else ""


class SpecDrawing:
    """One spec in the making.

    Args:
        rng: Rules everything.
        given: The shapes of inputs that are there from the start, with their dtypes: of a block.
        depth: How many blocks it lies in.
    """

    def __init__(
        self, rng: Random, given: Sequence[Tensor] = (), depth: int = 0, names: str = ""
    ) -> None:
        self.rng = rng
        self.names = names
        self.depth = depth
        self.spec: dict[str, Any] = {"version": 1, "inputs": {}, "layers": {}, "edges": []}
        self.reaches: list[Reach] = []
        self._arguments = Arguments(rng, self._inner_layer)
        self._around: Sequence[Value] = ()
        for tensor in given:
            self._input(tensor)

    def grow(self, count: int) -> None:
        """Add some layers."""
        for _ in range(count):
            choice = self.rng.random()
            if choice < 0.1 and self.depth < 2:
                self._add_block()
            elif choice < 0.18:
                self._add_shared()
            else:
                self._add_layer()

    def finished(self) -> dict[str, Any] | None:
        """The spec with its outputs, connected; None where that cannot be."""
        if not self.spec["layers"]:
            return None
        self._connect()
        every = self.rng.random() < 0.25
        self.spec["outputs"] = self._outputs(self._ends(), every=every)
        return self.spec if self._examined() is not None else None

    # Values

    def _name(self, start: str) -> str:
        taken = {*self.spec["inputs"], *self.spec["layers"]}
        return next(name for i in range(1000) if (name := f"{self.names}{start}{i}") not in taken)

    def _input(self, tensor: Tensor) -> Reach:
        name = self._name("x")
        sizes = [size if isinstance(size, int) else _size_text(size) for size in tensor.shape or ()]
        declared: Any = {"shape": sizes, "dtype": tensor.dtype}
        if tensor.dtype == "float32" and self.rng.random() < 0.5:
            declared = sizes
        self.spec["inputs"][name] = declared
        reach = Reach(name, "", tensor)
        self.reaches.append(reach)
        return reach

    def _new_inputs(self, name: str) -> list[Reach]:
        """Inputs of an example's shapes, some of their sizes open or others."""
        rng = self.rng
        example = rng.choice(examples_of(name))
        dtype = example.dtype
        if rng.random() < 0.5:
            dtype = rng.choice(FLOAT_TYPES if dtype in FLOATS else INTEGER_TYPES)
        changes: dict[int, Any] = {}
        if rng.random() < 0.45:
            sizes = sorted({size for shape in example.shapes for size in shape})
            for size in rng.sample(sizes, min(len(sizes), rng.choice((1, 1, 2)))):
                changes[size] = rng.choice(
                    (symbol("T"), symbol("T"), symbol("S"), UNKNOWN, rng.randint(1, 9))
                )
        keep_last = rng.random() < 0.7
        found = []
        for shape in example.shapes:
            last = len(shape) - 1
            sizes = [
                size if keep_last and axis == last and last else changes.get(size, size)
                for axis, size in enumerate(shape)
            ]
            found.append(self._input(Tensor(tuple(sizes), dtype)))
        return found

    def _pick(self, count: int) -> list[Reach]:
        tensors = [reach for reach in self.reaches if isinstance(reach.value, Tensor)]
        if not tensors:
            return []
        recent = tensors[-4:]
        return [
            self.rng.choice(recent if self.rng.random() < 0.7 else tensors) for _ in range(count)
        ]

    # Layers

    def _add_layer(self) -> None:
        name = self.rng.choice(NAMES)
        declaration = registry.find(name)
        assert declaration is not None
        for attempt in range(ATTEMPTS):
            saved = (deepcopy(self.spec), list(self.reaches))
            if not self.reaches or attempt >= ATTEMPTS // 2 or self.rng.random() < 0.15:
                operands = self._new_inputs(name)
            else:
                least, most = declaration.arity
                operands = self._pick(self.rng.randint(least, min(most or 3, least + 2)))
            if operands and self._attach(name, operands):
                return
            self.spec, self.reaches = saved

    def _attach(self, name: str, operands: list[Reach]) -> bool:
        written = self._written_layer(name, [reach.value for reach in operands])
        if written is None:
            return False
        repeat = {}
        if self.rng.random() < 0.05:
            repeat = {"repeat": self.rng.randint(1, 3)}
        node = self._name("l")
        declared: Any = {**written, **repeat}
        if list(declared) == ["type"] and self.rng.random() < 0.5:
            declared = declared["type"]
        self.spec["layers"][node] = declared
        self._lead(name, node, operands)
        return self._take(node)

    def _written_layer(self, name: str, values: Sequence[Value]) -> dict[str, Any] | None:
        """A layer as a spec has it, which takes the values by its own rule, as far as known."""
        examples = examples_of(name)
        for _ in range(ATTEMPTS):
            self._around = values
            base: Mapping[str, Any] = {}
            if self.rng.random() < 0.4:
                base = written(self.rng.choice(examples).arguments)
            drawn = self._fitted(name, self._arguments.of(name, base), values)
            if _fits(name, drawn, values):
                return {"type": name, **drawn}
        return None

    def _fitted(self, name: str, drawn: dict[str, Any], values: Sequence[Value]) -> dict[str, Any]:
        """Arguments that hardly any draw gets right, got right now and then."""
        value = values[0] if values else None
        if not isinstance(value, Tensor) or value.shape is None or self.rng.random() < 0.3:
            return drawn
        sizes = [size for size in value.shape if isinstance(size, int)]
        if name == "Permute":
            drawn["dims"] = self.rng.sample(range(1, len(value.shape) + 1), len(value.shape))
        if name == "Reshape" and sizes:
            target = self.rng.sample(sizes, len(sizes))
            if self.rng.random() < 0.6:
                target[self.rng.randrange(len(target))] = -1
            drawn["target_shape"] = target
        if name == "Arithmetic" and isinstance(drawn["constant"], list) and sizes:
            drawn["constant"] = [0.5] * sizes[-1]
        return drawn

    def _inner_layer(self) -> Any:
        """What a wrapper holds: mostly what takes a step of what reaches the wrapper."""
        rng = self.rng
        outer = self._around
        inner: list[Value] = []
        for value in outer:
            fixed = isinstance(value, Tensor) and value.shape
            inner.append(value._replace(shape=value.shape[1:]) if fixed else value)  # type: ignore
        if rng.random() < 0.12 and self.depth < 2 and len(inner) == 1:
            block = self._block([each for each in inner if isinstance(each, Tensor)])
            if block is not None:
                return {"type": block}
        name = rng.choice(("LSTM", "GRU", "SimpleRNN", "Dense", "Conv1D", "Embedding", *NAMES))
        if rng.random() < 0.5:
            name = rng.choice(("LSTM", "GRU", "SimpleRNN", "Dense"))
        for values in (inner, outer):
            layer = self._written_layer(name, values)
            if layer is not None:
                self._around = outer
                return layer
        self._around = outer
        return {"type": name, **self._arguments.of(name, {})} if name not in WRAPPERS else "Flatten"

    def _lead(self, name: str, node: str, operands: Sequence[Reach]) -> None:
        """Write the edges."""
        declaration = registry.find(name)
        ports = declaration.operand_names if declaration else ()
        rng = self.rng
        if ports and len(operands) <= len(ports) and rng.random() < 0.4:
            for port, reach in zip(ports, operands, strict=False):
                self._edge(reach, f"{node}.{port}")
        elif operands:
            self.spec["edges"].append(f"{', '.join(r.written for r in operands)} -> {node}")
        if declaration and "state" in declaration.input_ports and rng.random() < 0.4:
            states = [reach for reach in self.reaches if _is_state(reach)]
            if states:
                self._edge(rng.choice(states), f"{node}.state")

    def _edge(self, reach: Reach, target: str) -> None:
        self.spec["edges"].append(f"{reach.written} -> {target}")

    def _take(self, node: str) -> bool:
        """Examine the spec with its new node, and remember what can be read from it."""
        ends = self._ends()
        port = _first_port(self.spec["layers"][node])
        self.spec["outputs"] = self._outputs([*ends, Reach(node, port, Tensor(()))], every=False)
        graph = self._examined(connected=False)
        if graph is None:
            return False
        last = next(n for n in (node, f"{node}_3", f"{node}_2", f"{node}_1") if n in graph.nodes)
        for port, value in graph.nodes[last].outputs.items():
            if not (isinstance(value, Tensor) and value.shape is None):
                self.reaches.append(Reach(node, port, value))
        return any(reach.node == node for reach in self.reaches)

    # Blocks and shared layers

    def _block(self, given: list[Tensor]) -> str | None:
        """A new block that takes the values; None where none came about."""
        inside = SpecDrawing(self.rng, given, self.depth + 1, names=self.rng.choice(("", "b")))
        inputs = list(inside.spec["inputs"])
        inside.grow(self.rng.randint(1, 3))
        if list(inside.spec["inputs"]) != inputs or not inside.spec["layers"]:
            return None
        spec = inside.finished()
        if spec is None:
            return None
        rng = self.rng
        block = {key: spec[key] for key in ("layers", "edges", "shared", "blocks") if key in spec}
        if rng.random() < 0.6:
            block["inputs"] = inputs
        else:
            block["inputs"] = spec["inputs"]
        block["outputs"] = spec["outputs"]
        if rng.random() < 0.5:
            self._with_param(block)
        blocks = self.spec.setdefault("blocks", {})
        name = f"{self.names}block{len(blocks)}_{self.depth}"
        blocks[name] = block
        return name

    def _with_param(self, block: dict[str, Any]) -> None:
        """Put a param in the place of one integer argument."""
        for layer in block["layers"].values():
            if isinstance(layer, dict) and isinstance(layer.get("units"), int):
                block["params"] = {"units": layer["units"]}
                layer["units"] = self.rng.choice(("$units", "${units * 1}"))
                return

    def _add_block(self) -> None:
        operands = list(dict.fromkeys(self._pick(self.rng.choice((1, 1, 2)))))
        if not operands:
            return self._add_layer()
        saved = (deepcopy(self.spec), list(self.reaches))
        name = self._block([reach.value for reach in operands])  # type: ignore[misc]
        if name is not None:
            node = self._name("l")
            self.spec["layers"][node] = {"type": name}
            if self.rng.random() < 0.3:
                self.spec["layers"][node]["repeat"] = self.rng.randint(2, 3)
            if self.rng.random() < 0.1:
                self.spec["layers"][node]["trainable"] = False
            inputs = list(self.spec["blocks"][name]["inputs"])
            for reach, port in zip(operands, inputs, strict=True):
                plain = len(inputs) == 1 and self.rng.random() < 0.5
                self._edge(reach, node if plain else f"{node}.{port}")
            if self._take(node):
                return None
        self.spec, self.reaches = saved
        return None

    def _add_shared(self) -> None:
        """A shared layer with two calls, on the same value or on values of one shape."""
        name = self.rng.choice(NAMES)
        declaration = registry.find(name)
        assert declaration is not None
        saved = (deepcopy(self.spec), list(self.reaches))
        least, most = declaration.arity
        operands = self._pick(self.rng.randint(least, min(most or 3, least + 1)))
        if not operands:
            operands = self._new_inputs(name)
        layer = self._written_layer(name, [reach.value for reach in operands])
        if layer is not None:
            shared = self.spec.setdefault("shared", {})
            key = f"{self.names}shared{len(shared)}"
            shared[key] = layer
            if self._call_shared(name, key, operands):
                self._second_call(name, key, operands)
                return
        self.spec, self.reaches = saved

    def _call_shared(self, name: str, key: str, operands: Sequence[Reach]) -> bool:
        node = self._name("l")
        self.spec["layers"][node] = {"use": key}
        if self.rng.random() < 0.1:
            self.spec["layers"][node]["trainable"] = False
        self._lead(name, node, operands)
        return self._take(node)

    def _second_call(self, name: str, key: str, operands: Sequence[Reach]) -> None:
        saved = (deepcopy(self.spec), list(self.reaches))
        others = [
            reach
            for reach in self.reaches
            if isinstance(reach.value, Tensor) and reach.value.dtype == operands[0].value.dtype  # type: ignore[union-attr]
        ]
        again = [self.rng.choice([*others, *operands]) for _ in operands]
        if not self._call_shared(name, key, again):
            self.spec, self.reaches = saved

    # The whole

    def _ends(self) -> list[Reach]:
        """The last readable port of every node that nobody reads."""
        read = {part.strip().partition(".")[0] for edge in self.spec["edges"]
                for part in edge.split("->")[0].split(",")}  # fmt: skip
        found: dict[str, Reach] = {}
        for reach in self.reaches:
            unread = reach.node not in read and reach.node not in self.spec["inputs"]
            if unread and isinstance(reach.value, Tensor):
                if reach.node in found and self.rng.random() >= 0.2:
                    continue
                found[reach.node] = reach
        return list(found.values())

    def _outputs(self, ends: Sequence[Reach], *, every: bool) -> dict[str, Any]:
        reaches = list(ends)
        if every:
            reaches += [
                reach
                for reach in self.reaches
                if isinstance(reach.value, Tensor)
                and reach.node in self.spec["layers"]
                and reach not in reaches
            ]
        return {f"o{i}": {"from": reach.written} for i, reach in enumerate(reaches)}

    def _connect(self) -> None:
        """Join what is not connected, or drop it."""
        ends = self._ends()
        self.spec["outputs"] = self._outputs(ends, every=False)
        if len(ends) > 1 and self._examined() is None:
            self._join(ends)

    def _join(self, ends: Sequence[Reach]) -> None:
        flat = []
        for reach in ends:
            node = self._name("f")
            self.spec["layers"][node] = "Flatten"
            self._edge(reach, node)
            assert isinstance(reach.value, Tensor)
            flat.append(node)
        node = self._name("j")
        self.spec["layers"][node] = "Concatenate"
        self.spec["edges"].append(f"{', '.join(flat)} -> {node}")
        self.reaches.append(Reach(node, "", Tensor((1,))))

    def _examined(self, *, connected: bool = True) -> Any:
        """The graph, where the spec has no errors."""
        examined = examine("drawn.yaml", text=json.dumps(self.spec))
        wrong = {found.code for found in examined.report.errors}
        if not connected:
            wrong -= {"MS404"}
        return None if wrong else examined.graph


def _fits(name: str, drawn: Mapping[str, Any], values: Sequence[Value]) -> bool:
    """Whether a layer takes the values; true of wrappers, which only the whole spec can tell."""
    declaration = registry.find(name)
    assert declaration is not None
    if "layer" in declaration.model_fields:
        return True
    least, most = declaration.arity
    if not least <= len(values) <= (most or len(values)):
        return False
    try:
        declaration.model_validate(drawn).infer({"": tuple(values)})
    except (LayerError, ValidationError):
        return False
    return True


def _is_state(reach: Reach) -> bool:
    value = reach.value
    if isinstance(value, Bundle):
        return True
    return value.shape is not None and len(value.shape) == 1 and value.dtype not in INTEGERS


def _size_text(size: Any) -> str | None:
    return None if size is UNKNOWN else str(size)
