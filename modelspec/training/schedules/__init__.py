"""The learning-rate schedules: functions of the step."""

from __future__ import annotations

from modelspec.training.catalogue import Catalogue
from modelspec.training.schedules.base import Schedule

__all__ = ["Schedule", "classes", "find", "name", "names"]

_SCHEDULES: Catalogue[Schedule] = Catalogue(
    __name__,
    {
        "decay": {
            "constant": "Constant",
            "exponential_decay": "ExponentialDecay",
            "inverse_time_decay": "InverseTimeDecay",
            "polynomial_decay": "PolynomialDecay",
            "piecewise_constant_decay": "PiecewiseConstantDecay",
        },
        "cosine": {
            "cosine_decay": "CosineDecay",
            "cosine_decay_restarts": "CosineDecayRestarts",
        },
    },
)

find = _SCHEDULES.find
name = _SCHEDULES.name
names = _SCHEDULES.names
classes = _SCHEDULES.classes
