"""The optimizers and their arguments: Keras's names, defaults and bounds."""

from __future__ import annotations

from modelspec.training.catalogue import Catalogue
from modelspec.training.optimizers.base import Optimizer

__all__ = ["Optimizer", "classes", "find", "names"]

_OPTIMIZERS: Catalogue[Optimizer] = Catalogue(
    __name__,
    {
        "descent": {"sgd": "SGD", "lion": "Lion"},
        "adaptive": {
            "rmsprop": "RMSprop",
            "adagrad": "Adagrad",
            "adadelta": "Adadelta",
            "ftrl": "Ftrl",
        },
        "adam": {
            "adam": "Adam",
            "adamw": "AdamW",
            "adamax": "Adamax",
            "nadam": "Nadam",
            "lamb": "Lamb",
        },
        "large": {
            "adafactor": "Adafactor",
            "muon": "Muon",
            "schedule_free_adamw": "ScheduleFreeAdamW",
        },
    },
)

find = _OPTIMIZERS.find
names = _OPTIMIZERS.names
classes = _OPTIMIZERS.classes
