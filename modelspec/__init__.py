"""modelspec: a neural network as a YAML file, checked before it runs, run on PyTorch.

    import modelspec

    spec = modelspec.load("specs/qa.yaml")
    module = spec.build()

Importing the package imports neither torch nor pydantic; what is used is imported when it is.
"""

from typing import TYPE_CHECKING

from modelspec._version import __version__

if TYPE_CHECKING:
    from modelspec.api import (
        CellWarning,
        Exported,
        ExportError,
        LoadedSpec,
        Run,
        StudyJob,
        StudyResult,
        TrainedRun,
        TrainedSeries,
        TrainingJob,
        check,
        diff,
        export,
        load,
        load_run,
        prepare_study,
        prepare_training,
        train,
        train_folds,
        train_seeds,
        tune,
    )
    from modelspec.api.ensembles import Ensemble, ensemble
    from modelspec.diagnostics import Diagnostic, SpecError

_HOMES = {
    "CellWarning": "modelspec.api",
    "Diagnostic": "modelspec.diagnostics",
    "Ensemble": "modelspec.api",
    "ExportError": "modelspec.api",
    "Exported": "modelspec.api",
    "LoadedSpec": "modelspec.api",
    "Run": "modelspec.api",
    "SpecError": "modelspec.diagnostics",
    "StudyJob": "modelspec.api",
    "StudyResult": "modelspec.api",
    "TrainedRun": "modelspec.api",
    "TrainedSeries": "modelspec.api",
    "TrainingJob": "modelspec.api",
    "check": "modelspec.api",
    "diff": "modelspec.api",
    "ensemble": "modelspec.api",
    "export": "modelspec.api",
    "load": "modelspec.api",
    "load_run": "modelspec.api",
    "prepare_study": "modelspec.api",
    "prepare_training": "modelspec.api",
    "train": "modelspec.api",
    "train_folds": "modelspec.api",
    "train_seeds": "modelspec.api",
    "tune": "modelspec.api",
}

__all__ = [
    "CellWarning",
    "Diagnostic",
    "Ensemble",
    "ExportError",
    "Exported",
    "LoadedSpec",
    "Run",
    "SpecError",
    "StudyJob",
    "StudyResult",
    "TrainedRun",
    "TrainedSeries",
    "TrainingJob",
    "__version__",
    "check",
    "diff",
    "ensemble",
    "export",
    "load",
    "load_run",
    "prepare_study",
    "prepare_training",
    "train",
    "train_folds",
    "train_seeds",
    "tune",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


def __getattr__(name: str) -> object:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
