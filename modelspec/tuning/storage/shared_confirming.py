"""This machine's part of the trials that are trained again, where several machines share them."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from modelspec.tuning.record import Confirmation, confirm_folder, write_confirmation
from modelspec.tuning.trials.confirm import Confirming
from modelspec.tuning.trials.loop import POLL

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.language.tune import Confirm
    from modelspec.tuning.jobs import JobDone
    from modelspec.tuning.storage.board import Board, Entry


class SharedConfirming(Confirming):
    """Trains the best trials again beside other machines.

    Args:
        board: What all machines see of it: a study of Optuna's beside that of the trials.
        rest: As of `Confirming`.
    """

    def __init__(self, board: Board, *rest: Any) -> None:
        super().__init__(*rest)
        self._board = board
        self._numbers: dict[tuple[int, int], int] = {}
        self._claimed: Entry | None = None

    def run(self, confirm: Confirm) -> None:
        """Train until all that is wanted has been trained, here or elsewhere.

        Args:
            confirm: How many trials, and how many times each.
        """
        wanted = self._wanted(confirm)
        for each in self._mine():
            self._begin(each)
        while True:
            while self._team.free and not self.interrupted and (found := self._next(wanted)):
                self._begin(found)
            if self._stop() and not self.interrupted:
                self.interrupted = True
                self._team.interrupt()
            if not self._running and (self.interrupted or self._is_over(wanted)):
                break
            if self._running:
                for event in self._team.events(POLL):
                    self._handle(event)
            else:
                time.sleep(POLL)
            self._board.tend(self._watch.on_message)
        if self._claimed is not None:
            self._board.lose(self._claimed, "interrupted before it was chosen")
        keep_other_repeats(self._board, self._folder)

    def _mine(self) -> list[Confirmation]:
        """What this machine was at when it was interrupted."""
        found = []
        for each in self._board.entries():
            if each.running and each.record and each.owner == self._board.owner:
                repeat = Confirmation(**each.record)
                self._numbers[repeat.trial, repeat.repeat] = each.number
                found.append(repeat)
        return found

    def _is_over(self, wanted: list[Confirmation]) -> bool:
        entries = [each for each in self._board.entries() if each.record]
        return len(entries) >= len(wanted) and not any(each.running for each in entries)

    def _next(self, wanted: list[Confirmation]) -> Confirmation | None:
        if self._claimed is None:
            if len(self._board.entries()) >= len(wanted):
                return None
            self._claimed = self._board.claim()
        claimed = self._claimed
        turn = self._board.turn(claimed, len(wanted))
        if turn == "wait":
            return None
        self._claimed = None
        taken = [each.record for each in self._board.entries() if each.record]
        keys = {(each["trial"], each["repeat"]) for each in taken}
        left = [each for each in wanted if (each.trial, each.repeat) not in keys]
        if turn == "surplus" or not left:
            self._board.lose(claimed, "there were enough")
            return None
        self._board.choose(claimed, asdict(left[0]), {})
        self._numbers[left[0].trial, left[0].repeat] = claimed.number
        return left[0]

    def _begin(self, found: Confirmation) -> None:
        self._start(found)

    def _done(self, found: Confirmation, event: JobDone) -> None:
        super()._done(found, event)
        if found.status == "running":
            return
        values = [found.objectives.get(name) for name in self._objectives.names]
        told = None if None in values or found.status == "failed" else values
        number = self._numbers[found.trial, found.repeat]
        self._board.end(number, asdict(found), (), told)  # type: ignore[arg-type]


def keep_other_repeats(board: Board, folder: Path) -> None:
    """Write the records of other machines' repeats beside this one's."""
    for each in board.entries():
        if each.record is not None and not each.running:
            found = Confirmation(**each.record)
            path = confirm_folder(folder, found.trial, found.repeat)
            if not path.is_dir():
                path.mkdir(parents=True)
                write_confirmation(path, found)
