"""The page of a layer: what it does, its arguments, shapes, parameters, ports."""

from collections.abc import Iterator
from math import prod
from posixpath import normpath

from modelspec.cli.pages.markdown import arguments, heading, prose, table
from modelspec.layers import Layer, registry
from modelspec.layers.values import Example, Tensor
from modelspec.schema.declaration import summary_line
from modelspec.shapes import text

EXAMPLES_SHOWN = 5
KERAS = "https://keras.io"
_MASKS = {
    "starts": "Starts a mask.",
    "passes": "Masks: the output has the input's.",
    "uses": "Masks: steps that one leaves out do not count; the output has none.",
    "uses and passes": "Masks: steps that one leaves out do not count; the output has the first"
    " input's.",
    "merges": "Masks: a step of the output counts where it does in any input; the output has none"
    " where an input has none.",
    "uses and merges": "Masks: what one leaves out has no part in the result; a step of the output"
    " counts where it does in any input, and the output has no mask where an input has none.",
    "joins": "Masks: joined as the inputs are; all steps of an input without one count.",
    "drops": "Masks: the output has none.",
}
"""What becomes of masks, as `modelspec.layers.masks` has it."""
_DEPENDS = {
    "Embedding": "Starts a mask with `mask_zero`.",
    "Bidirectional": "Masks: what one leaves out is passed over; the output has it with the"
    " layer's `return_sequences`.",
}
_RECURRENT = (
    "Masks: steps that one leaves out are passed over; the output has it with `return_sequences`."
)


def topics() -> dict[str, str]:
    """The layer types."""
    return {name: summary_line(_declaration(name)) for name in registry.names()}


def page(topic: str, level: int = 1) -> str | None:
    """A layer's page, or None where there is no such layer."""
    name = next((name for name in registry.names() if name.lower() == topic.lower()), None)
    if name is None:
        return None
    layer = _declaration(name)
    parts = [
        heading(name, level),
        prose(layer),
        _inputs(layer),
        _masks(layer) + "\n",
        heading("Arguments", level + 1),
        arguments(layer),
        _calls(layer, level + 1),
        f"Keras: <{KERAS}{normpath(f'/api/layers/{layer.keras}')}/>\n" if layer.keras else "",
        f"Source: <{layer.source}>\n" if layer.source else "",
    ]
    return "\n".join(part for part in parts if part)


def families() -> dict[str, list[str]]:
    """The layer types by the file that declares them: one page of the docs each."""
    found: dict[str, list[str]] = {}
    for name in registry.names():
        found.setdefault(registry.family(name), []).append(name)
    return dict(sorted(found.items()))


def _declaration(name: str) -> type[Layer]:
    declaration = registry.find(name)
    assert declaration is not None
    return declaration


def _inputs(layer: type[Layer]) -> str:
    least, most = layer.arity
    if most == 1:
        count = "one input"
    elif most is None:
        count = f"{least} or more inputs"
    else:
        count = f"{least} inputs" if least == most else f"{least} to {most} inputs"
    order = ", whose order matters" if layer.operand_order_matters else ""
    ports = [f"`.{port}`" for port in layer.input_ports]
    taken = f" Further input ports: {', '.join(ports)}." if ports else ""
    shown = layer.model_validate(layer.examples[0].arguments)
    outputs = [f"`.{port}`" for port in shown.output_ports()]
    given = f" Output ports: {', '.join(outputs)}." if outputs else ""
    return f"Takes {count}{order}.{taken}{given}\n"


def _masks(layer: type[Layer]) -> str:
    """What becomes of the masks of its inputs."""
    if "return_sequences" in layer.model_fields:
        return _RECURRENT
    return _DEPENDS.get(layer.__name__, _MASKS[layer.masks])


def _calls(layer: type[Layer], level: int) -> str:
    """Some of its examples, with the shapes and parameters that its rules give."""
    rows = list(_call_rows(layer))
    if not rows:
        return ""
    header = ("Arguments", "Input", "Output", "Parameters")
    return heading("Shapes", level) + "\n" + table(header, rows)


def _call_rows(layer: type[Layer]) -> Iterator[tuple[str, str, str, str]]:
    for example in layer.examples[:EXAMPLES_SHOWN]:
        made = layer.model_validate(example.arguments)
        inference = made.infer({"": tuple(Tensor(s, example.dtype) for s in example.shapes)})
        given = (value for value in inference.outputs.values() if isinstance(value, Tensor))
        outputs = [next(given)] if "" in inference.outputs else [*given]
        written = ", ".join(f"`{text(output.shape)}`" for output in outputs)
        count = sum(prod(weight.shape) for weight in inference.weights)
        inputs = ", ".join(f"`{text(shape)}`" for shape in example.shapes)
        yield _written(example), inputs, written, f"{count:,}"


def _written(example: Example) -> str:
    """The arguments as they stand in a spec."""
    return f"`{{{_pairs(example.arguments)}}}`" if example.arguments else ""


def _pairs(values: dict[str, object]) -> str:
    return ", ".join(f"{name}: {_value(value)}" for name, value in values.items())


def _value(value: object) -> str:
    if isinstance(value, Layer):
        given = {name: getattr(value, name) for name in sorted(value.model_fields_set)}
        return f"{{type: {type(value).__name__}, {_pairs(given)}}}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
