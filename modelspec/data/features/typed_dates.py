"""What a spec writes of dates, beside columns whose type says that they hold dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.data.features.date_texts import parsed, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl


def moments(texts: Sequence[str], formats: tuple[str, ...], order: str) -> pl.Series:
    """Texts of a spec as times, null where they are none.

    Args:
        texts: Blanks at their ends do not count.
        formats: Those of a `Date`; what fits none of them is read as in ISO 8601.
        order: That of a `Date`.
    """
    import polars as pl

    written = pl.Series(texts, dtype=pl.String).str.strip_chars()
    iso = parsed(written, "")
    try:
        found = read(written, formats, order).times
    except pl.exceptions.PolarsError:  # no text has such a form, and a typed date needs none
        return iso
    return found.zip_with(found.is_not_null(), iso)


def without(column: pl.Series, marked: pl.Series) -> pl.Series:
    """A column of typed dates, as text, with nothing where it says one of some times."""
    given = parsed(column.str.strip_chars(), "").is_in(marked.drop_nulls().to_list())
    return column.set(given.fill_null(False), None)
