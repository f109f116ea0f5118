"""Arguments of a layer, drawn from what its declaration says of them in JSON Schema."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from modelspec.layers import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from modelspec.layers.values import Example

RARE = {"trainable": 0.06, "activity_regularizer": 0.05}
"""How often an argument is given that every layer has."""

GIVEN = 0.25
"""How often an argument is given that need not be."""

NUMBERS = (0.0, 0.001, 0.1, 0.25, 0.5, 0.9, 1.0, 1.5, 2.0, 3.0, -0.25, -0.5, -1.0, -2.0)

DrawLayer = "Callable[[], dict[str, Any] | None]"


@cache
def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of a layer type's arguments."""
    declaration = registry.find(name)
    assert declaration is not None
    return declaration.model_json_schema()


@cache
def examples_of(name: str) -> tuple[Example, ...]:
    """The calls that a declaration gives as examples."""
    declaration = registry.find(name)
    assert declaration is not None
    return tuple(declaration.examples)


class Arguments:
    """Draws the arguments of layers.

    Args:
        rng: Rules everything.
        draw_layer: Draws the layer that a wrapper holds; None where there is none.
    """

    def __init__(self, rng: Random, draw_layer: Callable[[], Any]) -> None:
        self._rng = rng
        self._draw_layer = draw_layer

    def of(self, name: str, base: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments of a layer type; those of `base` unless they are drawn anew."""
        schema = schema_of(name)
        required = schema.get("required", ())
        drawn = dict(base)
        for field, said in schema["properties"].items():
            wanted = field in required and field not in base
            if wanted or self._rng.random() < RARE.get(field, 0.12 if base else GIVEN):
                drawn[field] = self.value(said, schema.get("$defs", {}), field)
        return drawn

    def value(self, said: Mapping[str, Any], defs: Mapping[str, Any], field: str) -> Any:
        """A value that a schema allows."""
        rng = self._rng
        if "$ref" in said:
            return self.value(defs[said["$ref"].rpartition("/")[2]], defs, field)
        if said.get("holds") == "layer":
            return self._draw_layer()
        if "anyOf" in said:
            return self.value(rng.choice(said["anyOf"]), defs, field)
        if "enum" in said:
            return rng.choice(said["enum"])
        if "const" in said:
            return said["const"]
        match said["type"]:
            case "null":
                return None
            case "boolean":
                return rng.random() < 0.5
            case "integer":
                return self._integer(said)
            case "number":
                return self._number(said)
            case "array":
                return self._array(said, defs, field)
            case "object":
                return self._object(said, defs)
            case "string":
                return self._string(field)
        raise AssertionError(said)

    def _integer(self, said: Mapping[str, Any]) -> int:
        least = said.get("minimum", -3)
        most = min(said.get("maximum", least + 8), least + (6 if "minimum" in said else 7))
        return min(self._rng.randint(least, most), self._rng.randint(least, most))

    def _number(self, said: Mapping[str, Any]) -> float:
        fits = [
            number
            for number in NUMBERS
            if said.get("minimum", number) <= number <= said.get("maximum", number)
            and ("exclusiveMinimum" not in said or number > said["exclusiveMinimum"])
            and ("exclusiveMaximum" not in said or number < said["exclusiveMaximum"])
        ]
        return self._rng.choice(fits)

    def _array(self, said: Mapping[str, Any], defs: Mapping[str, Any], field: str) -> list[Any]:
        if "prefixItems" in said:
            return [self.value(item, defs, field) for item in said["prefixItems"]]
        least = said.get("minItems", 0)
        length = self._rng.randint(least, min(said.get("maxItems", least + 3), least + 3))
        items = [self.value(said["items"], defs, field) for _ in range(length)]
        if said["items"].get("type") == "number" and self._rng.random() < 0.7:
            return sorted(set(items)) if len(set(items)) == length else sorted(items)
        return items

    def _object(self, said: Mapping[str, Any], defs: Mapping[str, Any]) -> dict[str, Any]:
        required = said.get("required", ())
        return {
            name: self.value(each, defs, name)
            for name, each in said["properties"].items()
            if name in required or self._rng.random() < 0.5
        }

    def _string(self, field: str) -> str:
        rng = self._rng
        if field == "key":
            parts = ("0", "-1", ":", "1:", ":-1", "::2", "None", "...", ":1", "2", "0:3")
            return f"[{', '.join([':', *rng.choices(parts, k=rng.randint(1, 3))])}]"
        if field == "bias_axes":
            return rng.choice(("a", "b", "c", "d", "bc", "cd", "e"))
        equations = (
            "ab,bc->ac", "abc,cd->abd", "...x,xy->...y", "abc,cde->abde", "abcd,cd->ab",
            "abc,bc->ab", "abc,cb->ab", "ab,bcd->acd", "abcd,de->abce", "a...b,bc->a...c",
        )  # fmt: skip
        return rng.choice(equations)
