"""How delimited text is written: as the spec says; else found by looking at its beginning."""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from modelspec.data.readers.lines import fields
from modelspec.data.readers.number_look import ROWS, look_at_numbers
from modelspec.data.table.number_style import BLANKS, PLAIN, NumberStyle

if TYPE_CHECKING:
    from modelspec.language.data_format import FileFormat

SAMPLE = 1 << 20
"""How many bytes of a file are looked at."""
_FEW = 200
"""How many of its rows tell the separator."""
_SEPARATORS = (",", ";", "\t", "|")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""What files of these encodings begin with, longer marks before their own beginnings."""
_UNDEFINED = b"\x81\x8d\x8f\x90\x9d"
"""What bytes stand for nothing in cp1252."""
_NAMES = {"\t": "tab", " ": "blank"}
_SUSPECT = re.compile(rf"\d['’_{BLANKS}]\d{{3}}(?!\d)|\d\.\d{{3}}\.\d{{3}}(?!\d)")
_COMMA = re.compile(r"\d,\d")
_QUOTED_COMMA = re.compile(r"[\"'][^\"'\n]*\d,\d")
_FRACTION = re.compile(r"\d\.\d|(?<!\d)\.\d")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written.

    Attributes:
        quote: What stands around fields; empty for nothing.
        style: Of its numbers.
        encoding: As Python calls it.
        returns: Whether its lines end in a carriage return alone.
        skip: How many lines at its beginning do not count.
        comment: What other lines begin with that do not count; empty for none.
        header: The names of its columns, where no line of it has them.
    """

    separator: str = ","
    quote: str = '"'
    style: NumberStyle = PLAIN
    encoding: str = "utf-8"
    returns: bool = False
    skip: int = 0
    comment: str = ""
    header: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether the readers take the file as it is."""
        rewritten = self.returns or self.skip or self.comment or self.header
        return self.encoding == "utf-8" and not rewritten


class Looked(NamedTuple):
    """A dialect, and what is to be said of it, a line each."""

    dialect: Dialect
    notes: tuple[str, ...] = ()


def named(mark: str) -> str:
    """How a message writes a mark."""
    return _NAMES.get(mark) or f"`{mark}`"


def look(
    sample: bytes, *, whole: bool, format: FileFormat, trained: NumberStyle | None = None
) -> Looked:
    """The dialect of a file.

    Args:
        sample: Its beginning.
        whole: Whether that is all of it.
        format: What the spec says of CSV or TSV.
        trained: The style of numbers of the file that was trained on.

    Raises:
        UnicodeError: It is in no encoding that can be told, or not in the stated one.
    """
    usual = "\t" if format.type == "tsv" else ","
    encoding = _canonical(format.encoding) if format.encoding else _encoding(sample, whole=whole)
    text = _decoded(sample, encoding, whole=whole)
    returns = "\r" in text and "\n" not in text
    lines = _lines(text.replace("\r", "\n") if returns else text, whole=whole)
    stated_separator, skip = format.separator, format.skip_rows
    if skip is None and lines and re.fullmatch(r"sep=[^\w\s\"]\s*|sep=\t\s*", lines[0]):
        skip, stated_separator = 1, stated_separator or lines[0][4]
    elif skip is None:
        skip = _comments(lines, usual, format) if format.comment is None else 0
    body = [line for line in lines[skip:] if not _is_comment(line, format.comment)]
    separator, quote = _marks(body, usual, stated_separator, format.quote)
    rows = _rows(body, separator, quote)
    header = _header(rows, format.header)
    width = len(rows[0]) if rows else 0
    named_rows = [row for row in (rows if header else rows[1:]) if len(row) == width]
    names = header or (tuple(rows[0]) if rows else ())
    style, doubt = _style(body, names, named_rows, separator, format, trained)
    comment = format.comment or ""
    dialect = Dialect(separator, quote, style, encoding, returns, skip, comment, header)
    return Looked(dialect, tuple(filter(None, (_said(dialect, usual, format, trained), doubt))))


def _said(dialect: Dialect, usual: str, format: FileFormat, trained: NumberStyle | None) -> str:
    """What was found that is not plain, and not stated."""
    found = []
    if dialect.separator != usual and format.separator is None:
        found.append(f"separator {named(dialect.separator)}")
    if dialect.quote != '"' and format.quote is None:
        found.append(f"quote {named(dialect.quote)}")
    marks = NumberStyle(
        "." if format.decimal else dialect.style.decimal,
        "" if format.thousands else dialect.style.thousands,
    )
    if not marks.plain:
        found.append(marks.text)
    if trained is not None and dialect.style.decimal != trained.decimal:
        found.append(f"numbers not as in training ({trained.text or 'decimal mark `.`'})")
    if dialect.encoding != "utf-8" and format.encoding is None:
        found.append(dialect.encoding)
    if dialect.returns:
        found.append("lines end in CR")
    if dialect.skip and format.skip_rows is None:
        one = dialect.skip == 1
        found.append(f"the first {'line does' if one else f'{dialect.skip} lines do'} not count")
    if dialect.header and format.header is None:
        found.append(f"no header: the columns are called `{dialect.header[0]}` and so on")
    return ", ".join(found)


def _canonical(encoding: str) -> str:
    name = codecs.lookup(encoding).name
    return {"utf-8-sig": "utf-8", "ascii": "utf-8", "iso8859-1": "latin-1"}.get(name, name)


def _encoding(sample: bytes, *, whole: bool) -> str:
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    try:
        _decoded(sample, "utf-8", whole=whole)
    except UnicodeDecodeError:
        if b"\0" in sample or any(byte in sample for byte in _UNDEFINED):
            raise
        return "cp1252" if any(0x80 <= byte < 0xA0 for byte in sample) else "latin-1"
    return "utf-8"


def _decoded(sample: bytes, encoding: str, *, whole: bool) -> str:
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    return codecs.getincrementaldecoder(name)().decode(sample, final=whole)


def _lines(text: str, *, whole: bool) -> list[str]:
    lines = text.split("\n")
    return lines if whole or len(lines) == 1 else lines[:-1]


def _is_comment(line: str, comment: str | None) -> bool:
    return bool(comment) and line.startswith(comment or "")


def _comments(lines: list[str], usual: str, format: FileFormat) -> int:
    """How many lines of comments, `# ...`, stand before the header.

    A last one that has as many fields as the lines after it is the header itself.
    """
    after = 0
    for place, line in enumerate(lines):
        if line.startswith("#"):
            after = place + 1
        elif line.strip():
            break
    if not after:
        return 0
    rest = lines[after:]
    separator, quote = _marks(rest, usual, format.separator, format.quote)
    first = _rows(rest[:1], separator, quote)
    last = _rows(lines[after - 1 : after], separator, quote)
    width = len(first[0]) if first else 0
    if not last or len(last[0]) != width:
        return after
    is_header = width > 1 or not last[0][0].startswith(("# ", "##"))
    return after - 1 if is_header else after


def _rows(lines: list[str], separator: str, quote: str, most: int = ROWS) -> list[list[str]]:
    """The first records that are not empty; as many as make sense."""
    found: list[list[str]] = []
    try:
        for row in fields((f"{line}\n" for line in lines), separator, quote):
            if row:
                found.append(row)
            if len(found) > most:
                break
    except csv.Error:
        pass
    return found


def _marks(
    lines: list[str], usual: str, separator: str | None, quote: str | None
) -> tuple[str, str]:
    """The separator and the quote with which all lines have as many fields as the header."""
    quotes = [quote] if quote is not None else ['"']
    if quote is None and not any('"' in line for line in lines) and any("'" in x for x in lines):
        quotes.append("'")
    separators = [separator] if separator else sorted(_SEPARATORS, key=lambda each: each != usual)
    if separator and len(quotes) == 1:
        return separator, quotes[0]
    first: str | None = None
    for mark in quotes:
        for each in separators:
            rows = _rows(lines, each, mark, most=_FEW)
            if rows and len(rows[0]) > 1:
                even = all(len(row) == len(rows[0]) for row in rows)
                even = even and (mark != '"' or _quotes_fit(lines, each))
                if even and (mark == '"' or _all_quoted(lines, each)):
                    return each, _odd_quote(rows, quotes) if mark == '"' else mark
                first = first or each
    return separator or first or usual, quotes[0]


def _quotes_fit(lines: list[str], separator: str) -> bool:
    """Whether nothing but a separator follows a quote that ends a field."""
    records = fields((f"{line}\n" for line in lines), separator, '"', strict=True)
    try:
        for _ in zip(range(_FEW), records, strict=False):
            pass
    except csv.Error as error:
        # The sample may end inside of quotes.
        return "unexpected end" in str(error)
    return True


def _odd_quote(rows: list[list[str]], quotes: list[str]) -> str:
    """`'` where it stands around all values of a column."""
    if quotes[-1] != "'" or len(rows) < 3:
        return quotes[0]
    for column in zip(*rows[1:], strict=False):
        values = [value for value in column if value]
        if values and all(len(v) > 1 and v[0] == v[-1] == "'" for v in values):
            return "'"
    return quotes[0]


def _all_quoted(lines: list[str], separator: str) -> bool:
    """Whether `'` stands where fields begin and end, not inside of words."""
    around = re.escape(separator)
    return all(not re.search(rf"[^{around}\s']'[^{around}\s']", line) for line in lines)


def _header(rows: list[list[str]], stated: bool | list[str] | None) -> tuple[str, ...]:
    """The names of columns that no line has."""
    if isinstance(stated, list):
        return tuple(stated)
    first = rows[0] if rows else []
    if stated is None and len(rows) > 1 and len(first) > 1:
        numbers = all(_is_number(value) for value in first)
        stated = not (numbers and any(_FRACTION.search(value) for value in first))
    if stated is False:
        return tuple(f"column_{place}" for place in range(1, len(first) + 1))
    return ()


def _is_number(value: str) -> bool:
    try:
        float(value.replace(",", "."))
    except ValueError:
        return False
    return True


def _style(
    lines: list[str],
    names: tuple[str, ...],
    rows: list[list[str]],
    separator: str,
    format: FileFormat,
    trained: NumberStyle | None,
) -> tuple[NumberStyle, str]:
    """How numbers are written, and what is doubtful about it."""
    stated = format.decimal is not None or format.thousands is not None
    text = "\n".join(lines[: ROWS * 2])
    comma = _QUOTED_COMMA if separator == "," else _COMMA
    usual = trained is None or trained.plain
    suspect = _SUSPECT.search(text) or comma.search(text)
    if separator == ";" and not suspect:
        suspect = re.search(r"\d\.\d{3}(?!\d)", text)
    if usual and not stated and not suspect:
        return PLAIN, ""
    width = len(rows[0]) if rows else 0
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names[:width])}
    return look_at_numbers(columns, separator, format.decimal, format.thousands, trained)
