"""What a column of text seems to be: numbers as people write them, dates, classes, words."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Any

from modelspec.data.features.date_texts import parsed, read
from modelspec.data.features.number_formats import currencies, in_format
from modelspec.data.features.sequence_steps import of_lists
from modelspec.data.features.spellings import are_whole
from modelspec.data.features.tokens import most_frequent
from modelspec.data.inspect.column_guess import FEW_CLASSES, FREQUENT, ColumnGuess, constant
from modelspec.data.inspect.infer_classes import of_classes
from modelspec.data.inspect.infer_numbers import WITH_HOURS, guess_numbers
from modelspec.data.readers.folder import ENDINGS
from modelspec.data.table.missing_markers import MISSING_MARKERS
from modelspec.diagnostics import name_list
from modelspec.diagnostics.extras import require

if TYPE_CHECKING:
    import polars as pl

    from modelspec.data.table.number_style import NumberStyle
    from modelspec.data.table.table import Table

_MOSTLY = 0.95
_FEW_MARKERS = 5
WORDS_OF_A_TEXT = 3
_SAMPLE = 20_000
_MOST_PIXELS = 64
_PARTS = (
    "train",
    "training",
    "fit",
    "test",
    "testing",
    "holdout",
    "validation",
    "val",
    "valid",
    "dev",
)
_ORDERS = ("%d{}%m{}%Y", "%m{}%d{}%Y", "%Y{}%m{}%d", "%d{}%m{}%y", "%m{}%d{}%y")
_MARKS = (".", "/", "-")
_CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
_OTHER_DATES = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%Y%m%d")
_OF_CODES = re.compile(r"(?:^|_)(?:zip|zipcode|postcode|postal|plz|fips|isbn|ean|code)(?:_|$)")


def guess_texts(name: str, values: pl.Series, missing: int, table: Table) -> ColumnGuess:
    """What a column of text seems to be.

    Args:
        name: The column.
        values: Those that are there, without blanks at their ends.
        missing: How many rows have none.
        table: Where it is from.
    """
    marked = values.is_in(MISSING_MARKERS)
    rest = values.filter(~marked)
    gaps = missing + len(values) - len(rest)
    guess = _of_numbers(name, rest, gaps, table) or _of_dates(name, rest, gaps)
    if guess is None:
        return _of_words(name, values, missing, table)
    if guess.type == "category":
        # Among codes, as among all classes, a marker is a class.
        codes = rest.filter(in_format(rest, table.style).is_not_null())
        return _of_codes(name, values, missing, _why_codes(name, codes))
    markers = values.filter(marked).unique().sort().to_list()
    return replace(guess, markers=(*markers, *guess.markers))


def _of_numbers(name: str, values: pl.Series, missing: int, table: Table) -> ColumnGuess | None:
    """Numbers, percents or sums of money; None of anything else."""
    if not len(values):
        return None
    for format in ("", "percent", "currency"):
        numbers = in_format(values, table.style, format)
        bad = numbers.is_null()
        if bad.any():
            others = values.filter(bad).unique().sort().to_list()
            if bad.mean() > 1 - _MOSTLY or len(others) > _FEW_MARKERS:  # type: ignore[operator]
                continue
            values, numbers = values.filter(~bad), numbers.drop_nulls()
            missing += int(bad.sum())
        else:
            others = []
        if not format and (why := _why_codes(name, values)):
            return _of_codes(name, values, missing, why)
        if format == "currency" and len(units := _currencies(values)) > 1:
            why = f"amounts of money in {name_list(units, last='and')}, not in one currency"
            return ColumnGuess(name, "skip", why, missing, numbers.n_unique())
        settings: tuple[tuple[str, Any], ...] = (("format", format),) if format else ()
        if others:
            settings = (*settings, ("missing_values", others))
        guess = guess_numbers(name, numbers, missing, settings)
        if guess.whole and guess.values and not are_whole(values.unique().to_list()):
            # As classes, `+1` and `100%` would be called so.
            guess = replace(guess, whole=False)
        why = f"{format}, {guess.why}" if format else guess.why
        return replace(guess, why=why, markers=(*others, *guess.markers))
    return None


def _currencies(values: pl.Series) -> list[str]:
    return currencies(values).drop_nulls().unique().sort().to_list()


def _why_codes(name: str, values: pl.Series) -> str:
    """Why numbers only name something; nothing where they count or measure."""
    if values.str.contains(r"^[+-]?0\d").any():
        example = values.filter(values.str.contains(r"^[+-]?0\d"))[0]
        return f"`{example}` begins with a zero, so that it names something"
    if _OF_CODES.search(name.lower()) and values.str.contains(r"^\d+$").all():
        return "by its name, its numbers name something"
    return ""


def _of_codes(name: str, values: pl.Series, missing: int, why: str) -> ColumnGuess:
    count = values.n_unique()
    if count == 1:
        return ColumnGuess(name, "skip", constant(f"`{values[0]}`", missing), missing, count)
    if count * 2 > len(values):
        return ColumnGuess(name, "skip", f"{why}; nearly every row has its own", missing, count)
    return replace(of_classes(name, values, missing), why=f"{count:,} codes: {why}")


def _of_dates(name: str, values: pl.Series, missing: int) -> ColumnGuess | None:
    """Dates in one form; None of anything else."""
    import polars as pl

    if not len(values) or values.n_unique() == 1:
        return None
    sample = pl.concat([values.head(_SAMPLE), values.tail(_SAMPLE)])
    if not sample.str.contains(r"\d").all():
        return None
    forms = [order.replace("{}", mark) for order in _ORDERS for mark in _MARKS]
    times = [f"{form} {clock}" for form in forms for clock in _CLOCKS]
    fitting = [
        form
        for form in ("", *forms, *times, *_OTHER_DATES)
        if not parsed(sample, form).has_nulls() and not parsed(values, form).has_nulls()
    ]
    if not fitting:
        return None
    form = fitting[0]
    if read(values, (form,) if form else (), "").zoned.n_unique() > 1:
        why = "times of which some say how far they are from UTC, and others do not"
        return ColumnGuess(name, "skip", why, missing, values.n_unique())
    settings: tuple[tuple[str, Any], ...] = (("format", form),) if form else ()
    if (parsed(sample, form).dt.time() != time()).any():
        settings = (*settings, WITH_HOURS)
    why = f"dates, such as {values[0]}"
    notes: tuple[str, ...] = ()
    if len(fitting) > 1 and form:
        notes = (f'they may be `format: "{fitting[1]}"` as well',)
    count = values.n_unique()
    return ColumnGuess(name, "date", why, missing, count, settings=settings, notes=notes)


def _of_words(name: str, values: pl.Series, missing: int, table: Table) -> ColumnGuess:
    count = values.n_unique()
    if count == 1:
        return ColumnGuess(name, "skip", constant(f"`{values[0]}`", missing), missing, count)
    if _is_split(values):
        return _of_parts(name, values, missing)
    if values.str.to_lowercase().str.contains(rf"({'|'.join(ENDINGS)})$").all():
        return _of_pictures(name, values, missing, table.file)
    if _are_lists(values, table.style):
        return ColumnGuess(name, "sequence", "several numbers a row", missing, count)
    words = float(values.str.count_matches(r"\S+").mean())  # type: ignore[arg-type]
    if count <= FEW_CLASSES and count * 2 <= len(values):
        return of_classes(name, values, missing)
    if words >= WORDS_OF_A_TEXT or (count * 2 > len(values) and _recur(values)):
        vocabulary = len(most_frequent(values.head(_SAMPLE), "word", lower=True)) + 2
        why = f"text of {words:.0f} words on average"
        return ColumnGuess(name, "text", why, missing, count, (vocabulary,))
    if count * 2 <= len(values):
        return of_classes(name, values, missing)
    why = f"nearly every row has a value of its own, such as `{values[0]}`"
    return ColumnGuess(name, "skip", why, missing, count)


def _is_split(values: pl.Series) -> bool:
    """Whether each row says which part of the data it is of."""
    found = set(values.str.to_lowercase().unique().to_list())
    return len(found) > 1 and found <= set(_PARTS) and bool(found & set(_PARTS[:3]))


def _of_parts(name: str, values: pl.Series, missing: int) -> ColumnGuess:
    found = values.unique().sort().to_list()
    named = {
        part: [each for each in found if each.lower() in words]
        for part, words in (("test", _PARTS[3:6]), ("validation", _PARTS[6:]))
    }
    usual = {"test": ["test"], "validation": ["val", "validation"]}
    own = {
        part: words for part, words in named.items() if words and not set(words) <= set(usual[part])
    }
    settings: tuple[tuple[str, Any], ...] = (("values", own),) if own else ()
    why = f"says which part a row is of: {name_list(found)}"
    return ColumnGuess(
        name,
        "split",
        why,
        missing,
        len(found),
        values=tuple(named["validation"]),
        settings=settings,
    )


def _recur(values: pl.Series) -> bool:
    """Whether most words of texts that differ are found in several of them."""
    words = values.head(_SAMPLE).str.to_lowercase().str.extract_all(r"\p{L}{2,}").explode()
    words = words.drop_nulls()
    if len(words) < len(values.head(_SAMPLE)):
        return False
    counts = words.value_counts()["count"]
    return bool(counts.filter(counts >= FREQUENT).sum() * 2 >= len(words))


def _are_lists(values: pl.Series, style: NumberStyle) -> bool:
    """Whether texts hold at least two numbers each, and nothing else."""
    numbers = r"^\[?\s*-?[\d.]+(e-?\d+)?([\s,;]+-?[\d.]+(e-?\d+)?)+\s*\]?$"
    if not values.str.to_lowercase().str.contains(numbers).all():
        return False
    steps = of_lists(values, "", (), style)
    return steps is not None and not steps.bad.any()


def _of_pictures(name: str, values: pl.Series, missing: int, table: str) -> ColumnGuess:
    paths = values.unique(maintain_order=True).to_list()
    folder = os.path.dirname(table)
    lost = [path for path in paths if not os.path.isfile(os.path.join(folder, path))]
    if lost:
        why = f"paths of pictures, of which {len(lost):,} of {len(paths):,} are not there"
        return ColumnGuess(name, "skip", f"{why}, such as `{lost[0]}`", missing, len(paths))
    size, said = _picture_size(paths[0], table)
    return ColumnGuess(name, "image" if size else "skip", said, missing, len(paths), size)


def _picture_size(path: str, table: str) -> tuple[tuple[int, ...], str]:
    """Height, width and channels to resize to, those of the first picture up to a limit."""
    require("PIL", f"a column of pictures, such as `{path}`,")
    from PIL import Image

    try:
        with Image.open(os.path.join(os.path.dirname(table), path)) as picture:
            width, height = picture.size
            channels = 1 if picture.mode in ("L", "1", "I;16") else 3
    except OSError:
        return (), f"paths of pictures, of which `{path}` cannot be opened"
    scale = min(1.0, _MOST_PIXELS / max(width, height))
    size = (max(8, round(height * scale)), max(8, round(width * scale)))
    said = f"paths of pictures; the first is {height} by {width}"
    return (*size, channels), said + " and is made smaller" * (scale < 1)
