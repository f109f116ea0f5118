import os
import signal
import threading
from collections.abc import Iterator

import pytest

from modelspec.runner.process.signals import StopSignals


@pytest.fixture(autouse=True)
def _as_in_a_terminal() -> Iterator[None]:
    """A shell starts background jobs with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_is_only_noted(number: signal.Signals) -> None:
    with StopSignals() as interruption:
        assert interruption.received is None
        os.kill(os.getpid(), number)
        assert interruption.received is number


def test_the_second_one_ends_at_once() -> None:
    with StopSignals() as interruption:
        os.kill(os.getpid(), signal.SIGINT)
        assert interruption.received
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_afterwards_all_is_as_before() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with StopSignals():
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_another_thread_leaves_signals_alone() -> None:
    found: list[object] = []

    def enter() -> None:
        with StopSignals() as interruption:
            found.append(interruption.received)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert found == [None]
