"""In what a study that goes on differs from the one that began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Diagnostic, Report, Span
from modelspec.runner.run.diff import difference_text, differences
from modelspec.runner.run.directory import SPEC
from modelspec.runner.setup.prepare import report_changes
from modelspec.source import parse
from modelspec.tuning.results.source import tune_settings
from modelspec.tuning.space.axes import SearchSpace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from modelspec.language.tune import TuneSettings
    from modelspec.tuning.record import Study
    from modelspec.tuning.space.axes import Axis

FREE = {"search", "trials", "confirm", "invalid"}
"""Of `tune`, what may change while a study is interrupted; of `search`, the values of paths."""
HELP = (
    "begin a new study without `--resume`, or undo the change; choices and ranges of what is "
    "searched over, `tune.trials` and `tune.confirm` may change"
)


def check_same(
    folder: Path, study: Study, settings: TuneSettings, rendered: str, report: Report
) -> TuneSettings | None:
    """Refuse to go on with another study than has begun, and say what is another.

    Args:
        folder: The study's directory.
        study: What it was.
        settings: The `tune` section as it is now.
        rendered: The resolved spec as it is now.
        report: Gets the findings.

    Returns:
        The section as it was.
    """
    before = parse((folder / SPEC).read_bytes(), str(folder / SPEC), report)
    after = parse(rendered, study.spec, report)
    was = tune_settings(folder, study)
    if before is None or after is None or was is None:
        message = "the spec that this study began with cannot be read"
        report.add(Diagnostic("MS807", message, Span(str(folder))))
        return None
    changed = [difference_text(*each) for each in differences(before.data, after.data)]
    changed += [difference_text(*each) for each in _of_section(was, settings)]
    changed += _of_axes(SearchSpace(was.search).axes, SearchSpace(settings.search).axes)
    report_changes(changed, folder, HELP, report)
    return was


def check_same_data(
    folder: Path, before: Mapping[str, Any], now: Mapping[str, Any], report: Report
) -> None:
    """Refuse to go on with other rows than those that trials were measured on."""
    changed = [
        difference_text(f"data of {path}", old, new)
        for path, old, new in differences(dict(before), dict(now))
    ]
    report_changes(changed, folder, "begin a new study without `--resume`", report)


def _of_section(was: TuneSettings, now: TuneSettings) -> Any:
    before, after = (
        {f"tune.{name}": value for name, value in each.section.model_dump(exclude=FREE).items()}
        for each in (was, now)
    )
    return differences(before, after)


def _of_axes(was: tuple[Axis, ...], now: tuple[Axis, ...]) -> list[str]:
    """Paths that come or go, but for those that hang on choices that do, and other kinds."""
    before, after = ({axis.name: axis for axis in axes} for axes in (was, now))
    found = []
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            axis, others = (new, before) if old is None else (old, after)
            assert axis is not None
            if not _hangs_on_another(axis, others):
                found.append(f"`{name}` is {'gone' if new is None else 'new'} in `tune.search`")
        elif type(old.space) is not type(new.space):
            found.append(f"`{name}` is another kind of choice or range in `tune.search`")
    return found


def _hangs_on_another(axis: Axis, others: Mapping[str, Axis]) -> bool:
    """Whether a choice that an axis hangs on is none of the others'."""
    for path, text in axis.needs:
        choices = [each for each in others.values() if each.path == path]
        if not any(text in _texts(each) for each in choices):
            return True
    return False


def _texts(axis: Axis) -> list[str]:
    from modelspec.language.yaml_writer import flow

    return [flow(value) for value in axis.values() or ()]
