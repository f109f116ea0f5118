"""A model as a file that another runtime reads. What `modelspec export` does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec import data, lint
from modelspec.api.loaded_spec import LoadedSpec
from modelspec.api.training import print_to_stderr
from modelspec.diagnostics import Report
from modelspec.exports.errors import ExportError
from modelspec.runner.run import directory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelspec.exports.exported import Exported
    from modelspec.exports.model import ExportModel


def export(
    model: str | Path | LoadedSpec,
    file: str | Path,
    *,
    weights: str = "",
    compile: bool = False,
    runs_dir: str = "runs",
    overrides: Sequence[str] = (),
    plugins: Sequence[str] = (),
    say: Callable[[str], object] = print_to_stderr,
) -> Exported:
    """Export a model into a file, and hold the file against the model at three sizes.

    Beside the file lies its description, `model.json`: inputs, outputs, preprocessing.

    Args:
        model: A run directory, or its name for the latest; a spec's file; or a loaded spec.
        file: Its ending says the format: `.pt2`, `.onnx`.
        weights: Of a run, `best` or `last`; or a file of weights. A spec without a file of weights
            has new ones.
        compile: Whether a `.pt2` holds machine code; needs a C++ compiler.
        runs_dir: The folder of all runs.
        overrides: `path=value` texts, as of `--set`, of a spec.
        plugins: Installed packages whose layers it has.
        say: Takes what is to be said beforehand; standard error by default.

    Raises:
        ExportError: The file cannot be written so, or says something else than the model.
        SpecError: The spec has errors, the run is not whole, or the weights do not fit.
        MissingPackageError: The format needs a package that is not installed.
    """
    from modelspec.exports.formats import ExportOptions
    from modelspec.exports.write import check_target, write

    path, options = Path(file), ExportOptions(compile=compile)
    check_target(path, options)
    return write(_model(model, weights, runs_dir, overrides, plugins, say), path, options)


def _model(
    model: str | Path | LoadedSpec,
    weights: str,
    runs_dir: str,
    overrides: Sequence[str],
    plugins: Sequence[str],
    say: Callable[[str], object],
) -> ExportModel:
    from modelspec.exports.model import ExportModel
    from modelspec.runner.inference.trained_model import TrainedModel

    if not isinstance(model, LoadedSpec) and not os.path.isfile(model):
        if overrides:
            raise ExportError("a run has its spec already; `--set` is for a spec")
        folder = directory.find(str(model), Path(runs_dir))
        return ExportModel.from_trained(TrainedModel.from_run(folder, weights, plugins))
    if isinstance(model, LoadedSpec):
        spec, graph = model.spec, model.graph
    else:
        examined = lint.examine(str(model), overrides=overrides, plugins=plugins)
        examined.report.raise_if_failed()
        assert examined.spec
        assert examined.graph
        spec, graph = examined.spec, examined.graph
    if not weights:
        say(f"`{graph.name}` is a spec: its weights are new ones, unless `--weights` names a file")
        return ExportModel.with_new_weights(graph, data.plain(graph))
    if weights in (directory.BEST, directory.LAST):
        raise ExportError(
            f"a spec has no `{weights}` weights",
            "name a file with `--weights`, or export a run instead of its spec",
        )
    report = Report()
    trained = TrainedModel.from_spec(spec, graph, Path(weights), report)
    report.raise_if_failed()
    assert trained
    return ExportModel.from_trained(trained)
