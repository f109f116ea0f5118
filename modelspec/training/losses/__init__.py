"""The losses that an output can be trained with, and their arguments."""

from modelspec.training.catalogue import Catalogue
from modelspec.training.losses.base import Loss, Targets

__all__ = ["Loss", "Targets", "add", "aliases", "called", "classes", "find", "name", "names"]

_LOSSES: Catalogue[Loss] = Catalogue(
    __name__,
    {
        "regression": ("mse", "mae", "mape", "msle", "huber", "log_cosh", "cosine_similarity"),
        "probabilistic.binary": ("binary_crossentropy", "binary_focal_crossentropy"),
        "probabilistic.one_hot": (
            "categorical_crossentropy",
            "categorical_focal_crossentropy",
        ),
        "probabilistic.sparse": ("sparse_categorical_crossentropy",),
        "probabilistic.generalized": ("categorical_generalized_cross_entropy",),
        "probabilistic.distributions": ("poisson", "kl_divergence"),
        "probabilistic.ctc": ("ctc",),
        "hinge": ("hinge", "squared_hinge", "categorical_hinge"),
        "overlap": ("dice", "tversky"),
        "similarity": ("circle",),
    },
    {
        "mean_squared_error": "mse",
        "mean_absolute_error": "mae",
        "mean_absolute_percentage_error": "mape",
        "mean_squared_logarithmic_error": "msle",
        "logcosh": "log_cosh",
        "bce": "binary_crossentropy",
        "kld": "kl_divergence",
        "kullback_leibler_divergence": "kl_divergence",
    },
)

find = _LOSSES.find
name = _LOSSES.name
names = _LOSSES.names
classes = _LOSSES.classes
add = _LOSSES.add
aliases = _LOSSES.aliases
called = _LOSSES.called
