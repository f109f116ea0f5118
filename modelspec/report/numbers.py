"""Numbers as they are read on the page."""

from __future__ import annotations

from math import isfinite

from modelspec.report.markup import Html, element


def short(value: float) -> str:
    """Four digits that matter: `0.9812`, `12.35`, `12,346`, `1.2e-05`."""
    if not isfinite(value):
        return str(value)
    if float(value).is_integer() and abs(value) < 1e7:
        return f"{value:,.0f}" if isinstance(value, int) or value else "0"
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e7 else f"{value:.4g}"


def exact(value: float, name: str = "span") -> Html:
    """A number in short, which is told in full to whoever points at it."""
    return element(name, short(value), title=repr(value), class_="number")


def percent(part: float, whole: float) -> str:
    """`96.7 %`; nothing of nothing."""
    return f"{100 * part / whole:.1f}".removesuffix(".0") + " %" if whole else ""


def counted(count: int, what: str, several: str = "") -> str:
    """`1 row`, `1,234 rows`."""
    return f"{count:,} {what if count == 1 else several or what + 's'}"


def duration(seconds: float) -> str:
    """`3.1 s`, `4 min 10 s`, `2 h 05 min`."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60:,} h {minutes % 60:02d} min"
