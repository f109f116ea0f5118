"""The keys of a category: how its classes become numbers, and how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from modelspec.diagnostics import did_you_mean, name_list
from modelspec.language.data_model import DataModel, Size, class_text, first_twice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OTHER = "other"
"""The class of all that is none of the others, where `unknown` says so."""

_Classes: TypeAlias = Annotated[list[str | bool | int | float], Field(min_length=1)]
_Problem: TypeAlias = tuple[str, str, str]


def _underscored(name: str) -> str:
    return name.replace("-", "_")


class CategoryKeys(DataModel):
    """What a category has, beside the keys of every feature."""

    encode: (
        Annotated[
            Literal["one_hot", "one-hot", "index", "multi_hot", "multi-hot"],
            AfterValidator(_underscored),
        ]
        | None
    ) = None
    """`one_hot`: a vector with a 1; `index`: an integer; `multi_hot`: a vector with a 1 for each
    class that is listed. Of several columns, the vectors side by side, or one integer each. Left
    out, as the model needs it."""
    separator: str | None = Field(None, min_length=1)
    """What stands between the classes of one value, for `multi_hot`: `,` by default."""
    classes: _Classes | dict[str, _Classes] | None = None
    """The classes in their order; of several columns the same for all, or a mapping from columns.
    Left out, those of the training rows, sorted."""
    unknown: Literal["error", "ignore", "other"] = "error"
    """What a class is that is none of those known: an `error`; nothing (`ignore`): a vector of
    zeros, or the index after the last class; or `other`, a class of that name, the last one."""
    lower: bool = False
    """Whether upper case is read as lower case."""
    most_common: Size | None = None
    """How many classes there are: the most frequent ones of the training rows, equally frequent
    ones by name. The others are what `unknown` says."""
    min_count: Size | None = None
    """How many training rows a class has at least. The others are what `unknown` says."""
    size: Size | dict[str, Size] | None = None
    """How many classes the training rows have at most, `other` counted, where they are not
    listed; of several columns all together, or a mapping from columns."""

    def category_columns(self) -> tuple[str, ...]:
        """The columns that have a vocabulary each; none where the one column is not named."""
        columns: list[str] | None = getattr(self, "columns", None)
        return tuple(columns or ())

    def id_columns(self) -> int:
        """How many integers a row has, encoded as `index`."""
        return len(self.category_columns()) or 1

    def width(self, *, integers: bool = False) -> int | None:
        """How many entries a row of `one_hot` or `multi_hot` has, or how many ids there are.

        Ids are those of all columns, with one for what is ignored.

        Args:
            integers: Whether the input holds integers, which says the encoding where the spec
                does not.

        Returns:
            None where only the data says it.
        """
        sizes = self.sizes()
        total = self.size if isinstance(self.size, int) else None
        if total is None:
            if any(size is None for size in sizes):
                return None
            total = sum(size for size in sizes if size is not None)
        return total + (self.is_index(integers=integers) and self.unknown == "ignore")

    def is_index(self, *, integers: bool) -> bool:
        """Whether each column of an input becomes one integer.

        Args:
            integers: Whether the input holds integers.
        """
        return self.encode == "index" or (self.encode is None and integers)

    def sizes(self) -> tuple[int | None, ...]:
        """How many classes each column has, None where only the data says it."""
        return tuple(self._size(column) for column in self.category_columns() or ("",))

    def listed(self, column: str) -> tuple[str, ...]:
        """The classes that the spec lists for a column, with the class of the others."""
        found = self.classes.get(column, ()) if isinstance(self.classes, dict) else self.classes
        classes = tuple(class_text(value).strip() for value in found or ())
        return with_other(classes) if classes and self.unknown == OTHER else classes

    def _size(self, column: str) -> int | None:
        if classes := self.listed(column):
            return len(classes)
        if self.most_common is not None:
            return self.most_common + (self.unknown == OTHER)
        if isinstance(self.size, dict):
            return self.size.get(column)
        return self.size if len(self.category_columns()) < 2 else None

    def contradictions(self) -> Iterator[_Problem]:
        """What the keys contradict each other in: (key, message, help)."""
        columns = self.category_columns()
        if len(columns) > 1 and self.encode == "multi_hot":
            help = "make one input a column, and join them with Concatenate"
            yield "encode", "`multi_hot` is for one `column`", help
        for key in ("classes", "size"):
            given = getattr(self, key)
            if isinstance(given, dict):
                yield from _unknown_columns(key, given, columns)
        yield from self._about_classes(columns)
        yield from self._about_counts(columns)
        if "separator" in self.model_fields_set and self.encode != "multi_hot":
            yield "separator", "`separator` is for `encode: multi_hot`", "remove one of them"

    def _about_classes(self, columns: tuple[str, ...]) -> Iterator[_Problem]:
        for column in columns or ("",):
            found = [name.lower() if self.lower else name for name in self.listed(column)]
            if twice := first_twice(found):
                yield "classes", f"`classes` names `{twice}` twice", "name each class once"
                return

    def _about_counts(self, columns: tuple[str, ...]) -> Iterator[_Problem]:
        """What says which classes there are, or how many, where they are listed as well."""
        listed = [column for column in columns or ("",) if self.listed(column)]
        for key in ("most_common", "min_count", "size"):
            given = getattr(self, key)
            if given is None:
                continue
            twice = [column for column in listed if not isinstance(given, dict) or column in given]
            if twice and (isinstance(given, dict) or len(listed) == self.id_columns()):
                yield key, f"`{key}` is for classes that are not listed", "remove it, or `classes`"
            elif key != "size" and self.unknown == "error":
                message = f"`{key}` leaves classes out, and `unknown` makes errors of them"
                yield key, message, "add `unknown: other` (a class of their own) or `ignore`"
        known = sum(size or 1 + (self.unknown == OTHER) for size in self.sizes())
        if len(columns) > 1 and isinstance(self.size, int) and known > self.size:
            message = f"`size` is {self.size}, and the columns have at least {known} classes"
            yield "size", message, f"make it {known} or more"
        if self.size is not None and self.most_common is not None:
            message = "`most_common` says how many classes there are, and `size` does"
            yield "size", message, "remove one of them"


def with_other(classes: tuple[str, ...]) -> tuple[str, ...]:
    """The classes with that of all others, which is the last one unless it has a place already."""
    return classes if OTHER in classes else (*classes, OTHER)


def _unknown_columns(
    key: str, given: Mapping[str, object], columns: tuple[str, ...]
) -> Iterator[_Problem]:
    if not columns:
        yield key, f"a mapping of `{key}` is for several `columns`", "write it without the column"
        return
    for name in given:
        if name not in columns:
            near = did_you_mean(name, columns)
            help = f"did you mean `{near}`?" if near else f"there are {name_list(columns)}"
            yield key, f"`{name}` is none of the `columns`", help
            return
