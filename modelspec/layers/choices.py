"""Options that are named, or named with arguments: `l2`, `{type: l2, l2: 0.001}`.

A name may be written as that of Keras's class, too: `GlorotUniform` is `glorot_uniform`.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticKnownError, core_schema

_DECLARED = "modelspec.layers.options"


class Option(BaseModel):
    """The base of what is chosen by its name: Keras's names, defaults and numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    type: str
    """Its name."""

    def check(self, argument: str, shape: tuple[int, ...]) -> None:
        """Check that a weight can have it.

        Args:
            argument: Where it stands: `kernel_constraint`.
            shape: The weight's, in Keras's layout.

        Raises:
            LayerError: It cannot.
        """


class Options(Mapping[str, type[Option]]):
    """The options of one kind by name, declared in a module that is imported for the first one.

    Args:
        module: Its name, in `modelspec.layers.options`.
        classes: The class of each name.
    """

    def __init__(self, module: str, classes: Mapping[str, str]) -> None:
        self._module = module
        self._classes = classes

    def __getitem__(self, name: str) -> type[Option]:
        found = self._classes[name]
        option: type[Option] = getattr(import_module(f"{_DECLARED}.{self._module}"), found)
        return option

    def __contains__(self, name: object) -> bool:
        return name in self._classes

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)


class Choice:
    """Makes of what is written an option of a table; stands in an `Annotated`.

    It builds no schema of an option before one is chosen.

    Args:
        table: The options by name.
        plain: Whether a name without arguments stays a name.
        optional: Whether null is no option.
    """

    def __init__(self, table: Options, *, plain: bool = False, optional: bool = False) -> None:
        self.table = table
        self.plain = plain
        self.optional = optional

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.no_info_plain_validator_function(self.made)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        groups: dict[type[Option], list[str]] = {}
        for name, option in self.table.items():
            groups.setdefault(option, []).append(name)
        nothing = [{"type": "null"}] if self.optional else []
        written = [_written(option, names) for option, names in groups.items()]
        return {"anyOf": [{"enum": list(self.table)}, *written, *nothing]}

    def made(self, value: object) -> object:
        """The option that is meant.

        Raises:
            PydanticKnownError: There is none of that name.
            ValidationError: It takes other arguments, or this is neither a name nor a mapping.
        """
        if value is None and self.optional:
            return None
        if isinstance(value, Option) and value.type in self.table:
            return value
        if isinstance(value, str):
            name = self._name(value)
            if name is None:
                raise PydanticKnownError("literal_error", {"expected": _listed(self.table)})
            return name if self.plain else self.table[name](type=name)
        if isinstance(value, Mapping):
            return self._option(value)
        raise _neither(value)

    def _name(self, written: object) -> str | None:
        """The name that is meant, in its own spelling."""
        if not isinstance(written, str) or written in self.table:
            return written if isinstance(written, str) else None
        plain = written.replace("_", "").lower()
        return next((name for name in self.table if name.replace("_", "") == plain), None)

    def _option(self, written: Mapping[str, object]) -> Option:
        if "type" not in written:
            raise PydanticKnownError("union_tag_not_found", {"discriminator": "'type'"})
        name = self._name(written["type"])
        if name is None:
            context = {"discriminator": "'type'", "tag": str(written["type"])}
            expected = {"expected_tags": _listed(self.table)}
            raise PydanticKnownError("union_tag_invalid", {**context, **expected})
        return self.table[name].model_validate({**written, "type": name})


@cache
def _arguments(option: type[Option]) -> dict[str, Any]:
    """What JSON Schema says of the arguments of an option."""
    fields: dict[str, dict[str, Any]] = option.model_json_schema()["properties"]
    said = {name: field for name, field in fields.items() if name != "type"}
    for field in said.values():
        field.pop("title", None)
    return said


def _written(option: type[Option], names: list[str]) -> dict[str, Any]:
    """What JSON Schema says of an option with its arguments."""
    return {
        "type": "object",
        "properties": {"type": {"enum": names}, **_arguments(option)},
        "required": ["type"],
        "additionalProperties": False,
    }


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _neither(value: object) -> ValidationError:
    wanted = ("string_type", "dict_type")
    lines = [InitErrorDetails(type=kind, loc=(), input=value) for kind in wanted]
    return ValidationError.from_exception_data("Option", lines)
