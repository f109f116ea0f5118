"""The learning-rate schedules: functions of the step."""

from modelspec.training.catalogue import Catalogue
from modelspec.training.schedules.base import Schedule

__all__ = ["Schedule", "add", "classes", "find", "name", "names"]

_SCHEDULES: Catalogue[Schedule] = Catalogue(
    __name__,
    {
        "decay": (
            "constant",
            "exponential_decay",
            "inverse_time_decay",
            "polynomial_decay",
            "piecewise_constant_decay",
        ),
        "cosine": ("cosine_decay", "cosine_decay_restarts"),
    },
)

find = _SCHEDULES.find
name = _SCHEDULES.name
names = _SCHEDULES.names
classes = _SCHEDULES.classes
add = _SCHEDULES.add
