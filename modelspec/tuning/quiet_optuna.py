"""Optuna kept from talking."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ONE_AT_A_TIME = RLock()
"""What is warned of is a setting of the process, which threads would take back from each other."""


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Optuna from saying that a part of it is experimental, and from logging."""
    from optuna import logging

    with _ONE_AT_A_TIME:
        before = logging.get_verbosity()
        logging.set_verbosity(logging.ERROR)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        finally:
            logging.set_verbosity(before)
