"""What people write where there is no value."""

from __future__ import annotations

MISSING_MARKERS: tuple[str, ...] = (
    "",
    "NA",
    "N/A",
    "n/a",
    "#N/A",
    "NaN",
    "nan",
    "null",
    "NULL",
    "None",
    "none",
    "-",
    "--",
    "?",
    ".",
    "missing",
    "<NA>",
)
"""Whole values, blanks at their ends not counted, that stand for none among numbers and dates."""
