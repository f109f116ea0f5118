"""A study on a terminal: a table of what is under way, and of the best so far."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from modelspec.cli.console import console
from modelspec.cli.study_watch import PlainLines
from modelspec.tuning.results.lines import assigned, objective_text, time_left, trial_line

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from modelspec.tuning.record import Confirmation, Study, Trial

SECONDS_BETWEEN_LOOKS = 0.1
MOST_RUNNING = 8
MOST_BEST = 5
BAR = 10


class LiveTable(PlainLines):
    """Shows a table that moves; lines that stay say of new best trials and of failed ones."""

    def __init__(self) -> None:
        super().__init__()
        self._live: Any = None
        self._looked = 0.0

    def begin(
        self, study: "Study", known: Sequence["Trial"], total: int | None, epochs: int
    ) -> None:
        """Show the table."""
        from rich.live import Live

        super().begin(study, known, total, epochs)
        self._live = Live(console=console(), auto_refresh=False, transient=True)
        self._live.start()
        self._show()

    def on_trial_start(self, trial: "Trial") -> None:
        """Add its row."""
        super().on_trial_start(trial)
        self._show()

    def on_epoch(self, number: int, epoch: int, logs: Mapping[str, float]) -> None:
        """Move its bar, ten times a second at most."""
        super().on_epoch(number, epoch, logs)
        if time.monotonic() - self._looked >= SECONDS_BETWEEN_LOOKS:
            self._show()

    def on_trial_end(self, trial: "Trial") -> None:
        """Take its row away; leave a line where it is the best so far, or failed."""
        assert self.progress
        best = self.progress.end(trial)
        if best or trial.status == "failed":
            self.say(
                trial_line(trial, self.progress.total, self.progress.study.objective, best=best)
            )
        self._show()

    def on_confirm(self, confirmation: "Confirmation") -> None:
        """Leave a line."""
        super().on_confirm(confirmation)
        self._show()

    def say(self, line: str) -> None:
        """Leave a line above the table."""
        if self._live is None:
            super().say(line)
        else:
            self._live.console.print(line, highlight=False, markup=False, soft_wrap=True)

    def say_aside(self, text: str) -> None:
        """Leave a line above the table."""
        self.say(text) if self._live is not None else super().say_aside(text)

    def close(self) -> None:
        """Take the table away, and give the cursor back."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _show(self) -> None:
        from rich.console import Group

        if self._live is not None:
            self._looked = time.monotonic()
            self._live.update(Group(*self._parts()), refresh=True)

    def _parts(self) -> "Iterator[Text | Table]":
        from rich.text import Text

        assert self.progress
        yield Text(self._head(), no_wrap=True, overflow="ellipsis")
        if self.progress.running:
            yield self._running()
        if self.progress.best:
            yield self._best()

    def _head(self) -> str:
        """`12 of 50 trials  8 complete, 3 pruned, 1 failed  about 4 min 10 s left`."""
        progress = self.progress
        assert progress
        counts = progress.counts
        done = sum(counts.values()) - counts["running"]
        of = f" of {progress.total}" if progress.total else ""
        told = ", ".join(
            f"{counts[status]} {status}"
            for status in ("complete", "pruned", "failed")
            if counts[status]
        )
        left = time_left(progress.ended, progress.left, time.monotonic() - progress.began)
        again = f"{progress.confirmed} trained again" if progress.confirmed else ""
        if progress.total and not progress.left and not progress.running:
            again = again or "the best are trained again"
        parts = (f"{progress.study.name}  {done}{of} trials", told, again, left)
        return "  ".join(part for part in parts if part)

    def _running(self) -> "Table":
        from rich.text import Text

        progress = self.progress
        assert progress
        name = progress.study.objective[0]
        table = _table("running", "epoch", name, "values")
        for number, (epoch, logs) in list(progress.running.items())[:MOST_RUNNING]:
            values = progress.trials[number].values
            epochs = values.get("train.epochs", progress.epochs)
            value = objective_text(name, logs[name]) if name in logs else ""
            row = (str(number), _bar(epoch, epochs), value, assigned(values, progress.called))
            table.add_row(*map(Text, row))
        left = len(progress.running) - MOST_RUNNING
        if left > 0:
            table.add_row(Text(f"+{left}"))
        return table

    def _best(self) -> "Table":
        from rich.text import Text

        progress = self.progress
        assert progress
        name = progress.study.objective[0]
        table = _table("best", "epochs", name, "values")
        for trial in progress.best[:MOST_BEST]:
            value = objective_text(name, trial.objectives[name])
            row = (
                str(trial.number),
                str(trial.epochs),
                value,
                assigned(trial.values, progress.called),
            )
            table.add_row(*map(Text, row))
        return table


def _table(first: str, second: str, third: str, last: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim", expand=True)
    table.add_column(first, no_wrap=True, min_width=7, style="bold")
    table.add_column(second, no_wrap=True, min_width=BAR + 8)
    table.add_column(third, no_wrap=True, justify="right", min_width=8, overflow="ellipsis")
    table.add_column(last, no_wrap=True, overflow="ellipsis", ratio=1)
    return table


def _bar(epoch: int, epochs: int) -> str:
    """`━━━━━───── 3/9`."""
    filled = round(BAR * min(1.0, epoch / epochs)) if epochs else 0
    return f"{'━' * filled}{'─' * (BAR - filled)} {epoch}/{epochs}"
