"""The losses that an output can be trained with, and their arguments."""

from __future__ import annotations

from modelspec.training.catalogue import Catalogue
from modelspec.training.losses.base import Loss, Targets

__all__ = ["Loss", "Targets", "aliases", "called", "classes", "find", "name", "names"]

_LOSSES: Catalogue[Loss] = Catalogue(
    __name__,
    {
        "regression": {
            "mse": "MeanSquaredError",
            "mae": "MeanAbsoluteError",
            "mape": "MeanAbsolutePercentageError",
            "msle": "MeanSquaredLogarithmicError",
            "huber": "Huber",
            "log_cosh": "LogCosh",
            "cosine_similarity": "CosineSimilarity",
        },
        "probabilistic": {
            "binary_crossentropy": "BinaryCrossentropy",
            "binary_focal_crossentropy": "BinaryFocalCrossentropy",
            "categorical_crossentropy": "CategoricalCrossentropy",
            "categorical_focal_crossentropy": "CategoricalFocalCrossentropy",
            "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
            "categorical_generalized_cross_entropy": "CategoricalGeneralizedCrossEntropy",
            "poisson": "Poisson",
            "kl_divergence": "KLDivergence",
            "ctc": "CTC",
        },
        "hinge": {
            "hinge": "Hinge",
            "squared_hinge": "SquaredHinge",
            "categorical_hinge": "CategoricalHinge",
        },
        "overlap": {"dice": "Dice", "tversky": "Tversky"},
        "similarity": {"circle": "Circle"},
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
aliases = _LOSSES.aliases
called = _LOSSES.called
