"""What kind of file data stands in, and how a text file is written: `data.format`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from modelspec.diagnostics import name_list
from modelspec.language.data_model import DataModel
from modelspec.source.data_suffixes import Format, format_of

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.source import Place

_SEPARATOR = r"^[\t !#$%&()*,/:;<=>?@\[\\\]^_`{|}~]$"
"""A mark of ASCII that is part of no number, and no quote."""
_DELIMITED = ("csv", "tsv")
_KEYS: dict[str, tuple[str, ...]] = {
    "separator": _DELIMITED,
    "decimal": _DELIMITED,
    "thousands": _DELIMITED,
    "encoding": _DELIMITED,
    "quote": _DELIMITED,
    "comment": _DELIMITED,
    "header": _DELIMITED,
    "skip_rows": _DELIMITED,
    "sheet": ("excel",),
}
"""The formats that each key is about."""


def _known_encoding(name: str) -> str:
    import codecs

    try:
        if codecs.lookup(name)._is_text_encoding:
            return name
    except LookupError:
        pass
    message = f"no encoding is called `{name}`"
    help = "`utf-8`, `latin-1`, `cp1252` and `utf-16` are some"
    raise PydanticCustomError("MS204", message, {"help": help})


class FileFormat(DataModel):
    """What the files are, and how text files are written. What is not given is looked for."""

    type: Format | None = None
    """What the files are, where their suffix does not say it."""
    separator: Annotated[str, Field(pattern=_SEPARATOR)] | None = None
    """What stands between the fields of a line: `,`, `;`, `"\\t"` or `|`, for instance."""
    decimal: Literal[".", ","] | None = None
    """The mark before a number's fraction."""
    thousands: Literal["", ".", ",", " ", "'", "’", "_"] | None = None
    """The mark between groups of three digits; a blank stands for all kinds of blanks."""
    encoding: Annotated[str, AfterValidator(_known_encoding)] | None = None
    """What the bytes of a text file mean: `utf-8`, `latin-1`, `cp1252`, `utf-16`, ..."""
    quote: Literal['"', "'", ""] | None = None
    """What stands around a field that holds separators or line ends; empty for nothing."""
    comment: Annotated[str, Field(min_length=1, max_length=8)] | None = None
    """What lines begin with that do not count."""
    header: bool | list[Annotated[str, Field(min_length=1)]] | None = None
    """Whether the first line names the columns; or the names of columns of a file whose first
    line is a row already. Without names, they are called `column_1` and so on."""
    skip_rows: Annotated[int, Field(ge=0)] | None = None
    """How many lines stand before the header and do not count."""
    sheet: Annotated[str, Field(min_length=1)] | None = None
    """The sheet of an Excel file; by default the first one."""

    def of_type(self, type: Format) -> FileFormat:
        """The same for a file that is known to be of a type; what is for another is left out."""
        kept = {
            key: value
            for key, value in self.model_dump(exclude={"type"}).items()
            if type in _KEYS[key]
        }
        return FileFormat.model_construct(type=type, **kept)


def _form(written: object) -> str:
    return "name" if isinstance(written, str) else "mapping"


WrittenFormat: TypeAlias = Annotated[
    Annotated[Format, Tag("name")] | Annotated[FileFormat, Tag("mapping")], Discriminator(_form)
]
"""A format as it may be written: its name, or a mapping."""


def file_format(written: Format | FileFormat | None, path: str) -> FileFormat | None:
    """What a file is: as is written, else by its suffix; None where neither says it."""
    stated = written if isinstance(written, FileFormat) else FileFormat(type=written)
    type = stated.type or format_of(path)
    return None if type is None else stated.of_type(type)


def check_format(stated: FileFormat, types: set[Format], place: Place, report: Report) -> None:
    """Report keys that are about other formats than the files are of, and marks that clash."""
    for key, about in _KEYS.items():
        if getattr(stated, key) is None or types & set(about):
            continue
        known = name_list(sorted(types))
        message = f"`{key}` is about {name_list(about)} files, the data is {known}"
        help = f"remove `{key}`, or set `type`"
        report.add(place.at(key).finding("MS206", message, help=help, key=True))
    for key, other in (("thousands", "decimal"), ("quote", "separator"), ("comment", "separator")):
        mark = getattr(stated, key)
        if mark and mark == getattr(stated, other):
            message = f"`{key}` and `{other}` are both `{mark}`"
            help = "one mark has one meaning"
            report.add(place.at(key).finding("MS206", message, help=help))
