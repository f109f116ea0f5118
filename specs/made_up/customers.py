"""Customers of a telephone company, as a spreadsheet keeps them: a table to be cleaned up.

One in five leaves. Who leaves is decided by how old the contract is, by the plan and what it costs,
by the calls to the support and by what the last of them was about; the rest is chance. The table
has what such tables have: a decimal comma, `?` and nothing for what is not known, sums of money and
percentages as text, a town in two spellings, numbers that only name something, an empty column.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import exp
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = (
    "customer", "since", "town", "postcode", "plan", "fee", "discount", "minutes",
    "calls_to_support", "remark", "last_seen", "fax", "leaves",
)  # fmt: skip
TOWNS = {"Bonn": "53111", "Köln": "50667", "Dresden": "01067", "Ulm": "89073"}
PLANS = {"basic": 9.9, "family": 24.9, "unlimited": 39.9}
REMARKS = {
    "asked about the bill": 0.2,
    "moved house": 0.6,
    "wants a new phone": -0.3,
    "very happy with us": -1.2,
    "line was dead for days": 1.6,
    "complained about the price": 1.2,
}
FIRST, LAST = date(2015, 1, 1), date(2024, 12, 31)
MIDNIGHT = 1_735_689_600
"""The first second of 2025, since 1970."""


def customers(rows: int, seed: int = 0) -> Iterator[tuple[str, ...]]:
    """Rows of the table, as text."""
    dealt = Random(seed)
    for number in range(1, rows + 1):
        town, plan = dealt.choice(list(TOWNS)), dealt.choice(list(PLANS))
        days = dealt.randrange((LAST - FIRST).days)
        discount = dealt.choice((0, 0, 0, 5, 10, 20))
        minutes = dealt.lognormvariate(5.5, 0.7) * (2 if plan == "unlimited" else 1)
        calls = min(9, int(dealt.expovariate(0.8)))
        remark = dealt.choice(list(REMARKS)) if calls else ""
        score = -2.4 + 0.45 * calls + REMARKS.get(remark, 0) - discount / 15
        score += 1.5 * exp(-days / 700) + (0.8 if plan == "unlimited" and minutes < 300 else 0)
        leaves = dealt.random() < 1 / (1 + exp(-score))
        since = LAST - timedelta(days)
        yield (
            f"C{number * 7919 % 100_003:05}",
            f"{since:%d.%m.%Y}",
            town.lower() if dealt.random() < 0.05 else town,
            TOWNS[town],
            plan,
            f"{PLANS[plan]:.2f} €".replace(".", ","),
            f"{discount}%",
            "?" if dealt.random() < 0.04 else f"{minutes:.1f}".replace(".", ","),
            str(calls),
            remark,
            str(MIDNIGHT - dealt.randrange(86_400 * 60)),
            "",
            "yes" if leaves else "no",
        )
