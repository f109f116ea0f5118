"""An ensemble as one spec of the user's, with a file of weights beside it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec import data
from modelspec.diagnostics import Diagnostic, Report, Span, SpecError, name_list, near_path
from modelspec.ensembles.combine import spec_text
from modelspec.ensembles.decisions import written_decision
from modelspec.ensembles.inputs import encoding
from modelspec.runner.checkpoint.safetensors_file import write_tensors
from modelspec.runner.run import atomic_write

if TYPE_CHECKING:
    from modelspec.ensembles.combine import Combined
    from modelspec.language.model import Model

PATHS = ("file", "train", "validation", "test")


def check_free(file: str) -> tuple[Path, Path]:
    """The paths of the spec and of its weights.

    Raises:
        SpecError: One is there already, or the file is not called as a spec is (MS807).
    """
    path = Path(file)
    weights = path.with_suffix(".safetensors")
    if path.suffix not in (".yaml", ".yml"):
        help = "call it `ensemble.yaml`; its weights are then `ensemble.safetensors`"
        raise _refused(file, "a spec's name ends in .yaml", help)
    for each in (path, weights):
        if each.exists():
            message = "it is there already, and nothing is overwritten"
            raise _refused(str(each), message, "name another one, or remove it")
    if not path.parent.is_dir():
        near = near_path(path.parent)
        help = f"did you mean `{near}`?" if near else "make it first"
        raise _refused(file, f"there is no folder `{path.parent}`", help)
    return path, weights


def check_same_features(combined: Combined, file: str) -> None:
    """Refuse where a spec, which fits its features anew, would not be the ensemble.

    Args:
        combined: The members as one model.
        file: The path of the spec, for the finding.

    Raises:
        SpecError: It would not (MS807), or the data cannot be read.
    """
    report = Report()
    assert combined.spec.data
    splits = data.load(combined.spec.data, combined.graph, combined.folder, report)
    report.raise_if_failed()
    assert splits
    own, fitted = combined.preprocessing.features, splits.preprocessing.features
    other = [name for name in own if encoding(own[name]) != encoding(fitted[name])]
    if other:
        message = (
            f"a spec fits its columns anew, and {name_list(other)} would not be what the members "
            "learnt, as they were trained on different rows"
        )
        help = "use the run directory, which keeps what each of them learnt"
        raise _refused(file, message, help)


def write_as_spec(combined: Combined, file: str) -> tuple[Path, Path]:
    """Write the spec, which begins its training with the weights beside it.

    Args:
        combined: The members as one model.
        file: The path of the spec.

    Returns:
        The paths of the spec and of its weights.

    Raises:
        SpecError: A file is there already (MS807).
        OSError: They cannot be written.
    """
    path, weights = check_free(file)
    text = spec_text(
        combined.spec.name,
        _with_thresholds(combined),
        _moved(combined, path.parent),
        {"weights": weights.name},
    )
    write_tensors(weights, combined.tensors())
    try:
        atomic_write.write_file(path, lambda part: part.write_text(text, encoding="utf-8"))
    except OSError:
        weights.unlink()
        raise
    return path, weights


def _refused(file: str, message: str, help: str = "") -> SpecError:
    return SpecError([Diagnostic("MS807", message, Span(file), help)])


def _with_thresholds(combined: Combined) -> Model:
    """The body, in which the thresholds that were chosen are written."""
    outputs = dict(combined.model.outputs)
    for name, output in outputs.items():
        chosen = combined.preprocessing.thresholds.get(name)
        if chosen is None or output.decision is None or output.decision.best is None:
            continue
        decision = written_decision(chosen, combined.preprocessing, name)
        outputs[name] = output._replace(decision=decision)
    return replace(combined.model, outputs=outputs)


def _moved(combined: Combined, folder: Path) -> dict[str, Any]:
    """The `data` section, its paths seen from another folder."""

    def seen(path: str) -> str:
        if os.path.isabs(path):
            return path
        moved = os.path.relpath(os.path.join(combined.folder, path), folder)
        return moved + "/" * path.endswith("/")

    section: dict[str, Any] = {
        key: seen(value) if key in PATHS else value for key, value in combined.section.items()
    }
    features = dict(section.get("features", {}))
    for name, entry in features.items():
        if isinstance(entry, dict) and entry.get("tokenizer") not in (None, "word", "character"):
            features[name] = {**entry, "tokenizer": seen(entry["tokenizer"])}
    return {**section, "features": features} if features else section
