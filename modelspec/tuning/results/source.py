"""What a study searches over, by the files of the spec that it kept."""

from __future__ import annotations

from os.path import basename
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Report
from modelspec.language.overrides import override
from modelspec.language.tune import read_tune
from modelspec.runner.run.directory import SOURCES
from modelspec.source import Place, parse
from modelspec.tuning.space.axes import SearchSpace

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.language.tune import TuneSettings
    from modelspec.tuning.record import Study


def spec_text(folder: Path, study: Study) -> str:
    """The spec as it was when the study began; empty where the study has not kept it."""
    try:
        return (folder / SOURCES / basename(study.spec)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def tune_text(folder: Path, study: Study) -> str:
    """The `tune` section of that spec as it was written, or all where it does not stand alone."""
    lines = spec_text(folder, study).splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith("tune:")), None)
    if start is None:
        return "".join(f"{line}\n" for line in lines)
    inside = lines[start + 1 :]
    end = next((n for n, line in enumerate(inside) if line[:1].strip(" \t#")), len(inside))
    found = [lines[start], *inside[:end]]
    while found[-1].lstrip()[:1] in ("", "#"):
        found.pop()
    return "".join(f"{line}\n" for line in found)


def search_of(folder: Path, study: Study) -> SearchSpace | None:
    """What is searched over; None where the spec that was kept does not say it."""
    settings = tune_settings(folder, study)
    return SearchSpace(settings.search) if settings else None


def tune_settings(folder: Path, study: Study) -> TuneSettings | None:
    """The `tune` section that a study began with, as it was held to be sound then."""
    report = Report()
    document = parse(spec_text(folder, study), study.spec, report)
    if document is None or not isinstance(document.data, dict):
        return None
    document = override(document, study.overrides, report)
    written = document.data.get("tune")
    if written is None:
        return None
    return read_tune(written, Place(document).at("tune"), report, _taken_as_sound)


def _taken_as_sound(values: dict[str, Any], path: str) -> None:
    """Finds nothing wrong with values: they were tried when the study began."""
