"""The optimizers and their arguments: Keras's names, defaults and bounds."""

from modelspec.training.catalogue import Catalogue
from modelspec.training.optimizers.base import Optimizer

__all__ = ["Optimizer", "add", "classes", "find", "names"]

_OPTIMIZERS: Catalogue[Optimizer] = Catalogue(
    __name__,
    {
        "descent": ("sgd", "lion"),
        "adaptive.rmsprop": ("rmsprop",),
        "adaptive.adagrad": ("adagrad", "adadelta"),
        "adaptive.ftrl": ("ftrl",),
        "adam.adam": ("adam",),
        "adam.adamw": ("adamw",),
        "adam.relatives": ("adamax", "nadam", "lamb"),
        "large": ("adafactor", "muon", "schedule_free_adamw"),
    },
)

find = _OPTIMIZERS.find
names = _OPTIMIZERS.names
classes = _OPTIMIZERS.classes
add = _OPTIMIZERS.add
