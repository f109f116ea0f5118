"""The library: what the commands do, as Python objects and functions.

May import every room but `cli`.
"""

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
