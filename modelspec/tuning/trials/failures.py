"""Trials that fail one after the other for one reason: no other is tried."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.tuning.proposing.proposal import Known

MOST = 5
"""After so many failures in a row with one reason, no other trial begins."""


def hopeless(known: Sequence[Known], after: int) -> str:
    """Why no other trial is worth its time; empty where one is.

    Args:
        known: The trials whose end is known, in the order of their numbers.
        after: Trials up to this one do not count: a study that was ended goes on after them.
    """
    last = [each.trial for each in known[-MOST:] if each.trial.number > after]
    if len(last) < MOST or any(trial.status != "failed" for trial in last):
        return ""
    if len({_reason(trial.why) for trial in last}) > 1:
        return ""
    return f"{MOST} trials in a row have failed: {last[-1].why}"


def _reason(why: str) -> str:
    """A reason without what differs from trial to trial: numbers."""
    return re.sub(r"\d+(\.\d+)?(e[+-]?\d+)?", "#", why)
