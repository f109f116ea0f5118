"""The table of an ensemble: what each member counts, and what its mean is worth beside them."""

from typing import TYPE_CHECKING

from modelspec.cli.say import say

if TYPE_CHECKING:
    from modelspec.ensembles.record import EnsembleRecord
    from modelspec.ensembles.weighting.result import Rows, Weighting


def print_weightings(record: "EnsembleRecord") -> None:
    """A table for each output, and what has to be said of it; once where all have the same."""
    found = [*record.outputs.items()]
    if len({id(each) for _, each in found}) == 1 or all(each == found[0][1] for _, each in found):
        found = [("", found[0][1])] if found else []
    for name, weighting in found:
        if name and len(found) > 1:
            say(name)
        _print_weighting(weighting)


def _print_weighting(weighting: "Weighting") -> None:
    for line in _rows(weighting):
        say(line)
    if weighting.table:
        _print_table(weighting)
    calibrated = weighting.calibrated
    if calibrated is not None:
        before, after = calibrated.before.error, calibrated.after.error
        say(
            f"temperature {calibrated.temperature:.4g}: the expected calibration error was "
            f"{before:.4f}, is {after:.4f}"
        )
    for note in weighting.notes:
        say(note)


def _rows(weighting: "Weighting") -> list[str]:
    if weighting.measured is None:
        return []
    measured = f"measured on {_told(weighting.measured)}"
    if weighting.fitted is None:
        return [measured]
    return [f"fitted on {_told(weighting.fitted)}, {measured}"]


def _told(rows: "Rows") -> str:
    one = "row" if rows.count == 1 else "rows"
    if rows.part == "half of validation":
        return f"{rows.count:,} {one}, half of validation"
    return f"{rows.count:,} {rows.part} {one}"


def _print_table(weighting: "Weighting") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from modelspec.cli.console import console
    from modelspec.runner.progress.epoch_line import number_text

    keys = list(dict.fromkeys(key for each in weighting.table for key in each.values))
    members = len(weighting.weights)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("", overflow="fold")
    for name in ("weight", *keys):
        table.add_column(name, justify="right", no_wrap=True)
    for place, each in enumerate(weighting.table):
        weight = f"{weighting.weights[place]:.3f}" if place < members else ""
        values = (number_text(each.values[key]) if key in each.values else "" for key in keys)
        table.add_row(*map(Text, (each.name, weight, *values)))
        if place == members - 1:
            table.add_section()
    console().print(table)
