"""How the model takes classes, and whether it has room for those that were found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from modelspec.data.features.labels import width
from modelspec.data.table.table import SHOWN
from modelspec.diagnostics import name_list
from modelspec.shapes import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.data.table.model_fields import ModelField


class Misfit(NamedTuple):
    """What is wrong, and the way out."""

    message: str
    help: str


@dataclass(frozen=True, slots=True)
class Found:
    """What is held against a field.

    Attributes:
        what: How a message names the columns.
        listed: How it names their classes.
        count: How many classes there are.
        entries: How many there is room for.
        size: How many the spec says, 0 where it says nothing.
        encode_as: The encoding.
        unknown: What becomes of unknown classes.
        indicators: How many entries say that a value was missing.
    """

    what: str
    listed: str
    count: int
    entries: int
    size: int
    encode_as: str
    unknown: str
    indicators: int = 0


def encoding(field: ModelField, wished: str) -> str:
    """The encoding of a category in its field: as the spec wishes, or as the model needs it."""
    if field.role == "input":
        return wished or ("index" if field.integers else "one_hot")
    several = (width(field) or 1) > 1
    if wished == "multi_hot":
        return wished
    if field.targets == "binary" or (field.targets is None and not several):
        return "one_hot" if several else "binary"
    return wished or "index"


def listed(classes: Sequence[str]) -> str:
    """`4 classes (`a`, `b`, `c` and `d`)`."""
    what = "class" if len(classes) == 1 else "classes"
    return f"{len(classes)} {what} ({name_list(classes, limit=SHOWN + 1)})"


def size_misfit(found: Found, *, exact: bool) -> Misfit | None:
    """Whether there are more classes than `size` says; of a target, fewer as well."""
    if not found.size or found.count == found.size or (found.count < found.size and not exact):
        return None
    message = f"`size` is {found.size}, {found.what} has {found.listed}"
    return Misfit(message, f"set `size: {found.count}`")


def input_misfit(field: ModelField, found: Found) -> Misfit | None:
    """What is wrong with an input."""
    wrong = size_misfit(found, exact=False)
    if wrong or found.encode_as == "index":
        return wrong or _too_many(field, found)
    entries = found.entries + found.indicators
    if width(field) in (None, entries):
        return None
    message = f"{field.text} is `{text(field.shape)}`, {found.what} has {found.listed}"
    if found.entries > found.count:
        message += f", room for {found.entries}"
    if found.indicators:
        message += f", and {found.indicators} of its entries say that a value was missing"
    return Misfit(message, f"declare the input as `[{entries}]`, or list all `classes`")


def _too_many(field: ModelField, found: Found) -> Misfit | None:
    """Whether an embedding has too few vectors, or the dtype too few numbers."""
    ignored = found.unknown == "ignore"
    room = found.entries + ignored
    more = " and one for those that are ignored" * ignored
    if room > field.ids:
        message = f"{field.text} ({field.dtype}) tells {field.ids} ids apart, {found.what} has "
        message += f"{found.listed if found.entries == found.count else f'{room} ids'}{more}"
        return Misfit(message, "declare it with `dtype: int64`")
    if field.limit is None or room <= field.limit.rows:
        return None
    node = field.limit.node
    message = f"`{node}` takes {field.limit.rows} classes, {found.what} has {found.listed}{more}"
    return Misfit(message, f"set `input_dim` of `{node}` to {room}")


def output_misfit(field: ModelField, found: Found) -> Misfit | None:
    """What is wrong with a target."""
    count, wanted = found.count, width(field)
    if field.targets == "numbers":
        message = f"{field.loss} compares numbers, {found.what} is a category"
        return Misfit(message, "use a cross-entropy, or a column of numbers")
    if found.unknown == "ignore":
        message = f"the classes of {field.text} must all be known"
        return Misfit(message, "remove `unknown`, and list all `classes`; or use `unknown: other`")
    if found.encode_as == "multi_hot" and field.targets not in ("binary", None):
        message = f"{field.loss} wants one class a row, {found.what} lists several"
        return Misfit(message, "use a sigmoid with `binary_crossentropy`")
    if found.encode_as == "one_hot" and field.targets == "indices":
        message = f"{field.loss} wants class indices, {found.what} is one-hot"
        return Misfit(message, "remove `encode`, or use `categorical_crossentropy`")
    if found.encode_as == "binary" and count != 2:
        told = field.loss or "one unit"
        message = f"{told} tells two classes apart, {found.what} has {found.listed}"
        help = "list two `classes`, or use a softmax with `categorical_crossentropy`"
        return Misfit(message, help)
    if found.encode_as != "binary" and wanted not in (None, count):
        message = f"{field.text} has {wanted} classes, the training rows have {found.listed}"
        help = f"give the layer before it {count} units, or list all `classes`"
        return Misfit(message, help)
    return size_misfit(found, exact=True)
