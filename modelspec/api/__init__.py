"""The library: what the commands do, as Python objects and functions.

May import every room but `cli`. Importing it imports none: training needs nothing of tuning.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelspec.api.comparing import diff
    from modelspec.api.ensembles import Ensemble, ensemble
    from modelspec.api.exporting import export
    from modelspec.api.loaded_spec import LoadedSpec, check, load
    from modelspec.api.run import CellWarning, Run, load_run
    from modelspec.api.series import train_folds, train_seeds
    from modelspec.api.trained_series import TrainedSeries
    from modelspec.api.training import TrainedRun, TrainingJob, prepare_training, train
    from modelspec.api.tuning import StudyJob, StudyResult, prepare_study, tune
    from modelspec.exports.errors import ExportError
    from modelspec.exports.exported import Exported

__all__ = [
    "CellWarning",
    "Ensemble",
    "ExportError",
    "Exported",
    "LoadedSpec",
    "Run",
    "StudyJob",
    "StudyResult",
    "TrainedRun",
    "TrainedSeries",
    "TrainingJob",
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

_HOMES = {
    "CellWarning": "modelspec.api.run",
    "Ensemble": "modelspec.api.ensembles",
    "ExportError": "modelspec.exports.errors",
    "Exported": "modelspec.exports.exported",
    "LoadedSpec": "modelspec.api.loaded_spec",
    "Run": "modelspec.api.run",
    "StudyJob": "modelspec.api.tuning",
    "StudyResult": "modelspec.api.tuning",
    "TrainedRun": "modelspec.api.training",
    "TrainedSeries": "modelspec.api.trained_series",
    "TrainingJob": "modelspec.api.training",
    "check": "modelspec.api.loaded_spec",
    "diff": "modelspec.api.comparing",
    "ensemble": "modelspec.api.ensembles",
    "export": "modelspec.api.exporting",
    "load": "modelspec.api.loaded_spec",
    "load_run": "modelspec.api.run",
    "prepare_study": "modelspec.api.tuning",
    "prepare_training": "modelspec.api.training",
    "train": "modelspec.api.training",
    "train_folds": "modelspec.api.series",
    "train_seeds": "modelspec.api.series",
    "tune": "modelspec.api.tuning",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
