"""How golden files name the arguments of a call, whatever fields a layer gets later."""

from collections.abc import Mapping

from modelspec.layers import Layer


def written(arguments: Mapping[str, object]) -> str:
    """The arguments, an inner layer's being those that are given to it."""
    pairs = (f"{name}: {_value(value)}" for name, value in arguments.items())
    return f"{{{', '.join(pairs)}}}"


def _value(value: object) -> str:
    if not isinstance(value, Layer):
        return repr(value)
    given = {name: getattr(value, name) for name in sorted(value.model_fields_set)}
    return f"{type(value).__name__} {written(given)}"
