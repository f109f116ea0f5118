"""This machine's part of the trials that several machines share."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from modelspec.tuning.record import trial_folder, write_trial
from modelspec.tuning.storage.board import record_of
from modelspec.tuning.trials.failures import hopeless
from modelspec.tuning.trials.loop import POLL, TrialLoop, new_trial

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.tuning.objectives import History
    from modelspec.tuning.proposing.distributions import Coding
    from modelspec.tuning.proposing.proposal import Known
    from modelspec.tuning.record import Trial
    from modelspec.tuning.storage.board import Board, Entry


class SharedTrials(TrialLoop):
    """Runs trials beside other machines, until there are enough of all together.

    Args:
        board: What all machines see.
        coding: The space.
        rest: As of `TrialLoop`; `known` are this machine's trials.
    """

    def __init__(self, board: Board, coding: Coding, *rest: Any) -> None:
        super().__init__(*rest)
        self._board, self._coding = board, coding
        running = {each.number for each in board.entries() if each.running}
        self._lost = [trial for trial in self._lost if trial.number in running]
        self._claimed: Entry | None = None
        self._told = 0

    def run(self, total: int | None) -> None:
        """Run trials until those of all machines have ended.

        Args:
            total: How many there are to be, of all machines together.
        """
        while True:
            while self._may_start() and (trial := self._next(total)) is not None:
                self._start(trial)
            if not self._running and (self.interrupted or self._is_over(total)):
                break
            if self._running:
                for event in self._team.events(POLL):
                    self._handle(event)
            else:
                time.sleep(POLL)
            self._board.tend(self._watch.on_message)
            if self._stop() and not self.interrupted:
                self.interrupted = True
                self._team.interrupt()
        if self._claimed is not None:
            self._board.lose(self._claimed, "interrupted before it was chosen")
        self.known = self._board.known()
        keep_others(self._board, self._folder)

    def _is_over(self, total: int | None) -> bool:
        """Whether nothing is left to do, here or elsewhere."""
        entries = self._board.entries()
        enough = self.why or (total is not None and len(entries) >= total)
        running = [each for each in entries if each.running]
        if enough and running and len(running) != self._told:
            self._told = len(running)
            many = "a trial" if len(running) == 1 else f"{len(running)} trials"
            self._watch.on_message(f"waiting for {many} of other machines")
        return bool(enough) and not running

    def _next(self, total: int | None) -> Trial | None:
        if self._lost:
            return self._lost.pop(0)
        if self.why:
            return None
        if self._claimed is None:
            if total is not None and len(self._board.entries()) >= total:
                return None
            self._claimed = self._board.claim()
        turn = self._board.turn(self._claimed, total)
        if turn == "surplus":
            self._board.lose(self._claimed, "there were enough")
            self._claimed = None
        return self._chosen(self._claimed.number) if turn == "go" and self._claimed else None

    def _chosen(self, number: int) -> Trial | None:
        assert self._claimed
        known = [each for each in self._board.known() if each.trial.number < number]
        self.why = hopeless([each for each in known if each.ended], self._study.stopped_after)
        self.hopeless = bool(self.why)
        proposal = None if self.why else self._proposer.propose(number, known)
        if proposal is None or proposal.candidate is None:
            self.why = self.why or (proposal.why if proposal else "")
            self._board.lose(self._claimed, "there was nothing left to try")
            self._claimed = None
            return None
        trial = new_trial(number, proposal.candidate, proposal.rejected, self._study.seed)
        self._write(trial)
        coded, distributions = self._coding.params(trial.values)
        params = {name: (value, distributions[name]) for name, value in coded.items()}
        self._board.choose(self._claimed, record_of(trial), params)
        self._claimed = None
        return trial

    def _known_to(self, trial: Trial) -> list[Known]:
        return [each for each in self._board.known() if each.trial.number < trial.number]

    def _note(self, trial: Trial, history: History) -> None:
        names = self._objectives.measured
        rows = [{name: row[name] for name in names if name in row} for row in history]
        values = [trial.objectives.get(name) for name in self._objectives.names]
        told = None if None in values or trial.status == "failed" else values
        if not self._board.end(trial.number, record_of(trial), rows, told):  # type: ignore[arg-type]
            trial.status, trial.why = "failed", "it was held to be lost, and does not count"
            self._write(trial)


def keep_others(board: Board, folder: Path) -> None:
    """Write the records of other machines' trials beside this one's, for the table and the page."""
    for each in board.known():
        path = trial_folder(folder, each.trial.number)
        if each.ended and not path.is_dir():
            path.mkdir(parents=True)
            write_trial(path, each.trial)
