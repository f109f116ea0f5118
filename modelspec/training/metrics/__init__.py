"""The metrics that an output can be measured with, and their arguments."""

from __future__ import annotations

from modelspec.training.catalogue import Catalogue
from modelspec.training.metrics.base import Kind, Metric

__all__ = ["Kind", "Metric", "aliases", "called", "classes", "find", "name", "names"]

_METRICS: Catalogue[Metric] = Catalogue(
    __name__,
    {
        "accuracy": {
            "accuracy": "Accuracy",
            "binary_accuracy": "BinaryAccuracy",
            "categorical_accuracy": "CategoricalAccuracy",
            "sparse_categorical_accuracy": "SparseCategoricalAccuracy",
            "top_k_categorical_accuracy": "TopKCategoricalAccuracy",
            "sparse_top_k_categorical_accuracy": "SparseTopKCategoricalAccuracy",
        },
        "regression": {
            "mae": "MeanAbsoluteError",
            "mse": "MeanSquaredError",
            "rmse": "RootMeanSquaredError",
            "mape": "MeanAbsolutePercentageError",
            "msle": "MeanSquaredLogarithmicError",
            "log_cosh": "LogCoshError",
            "cosine_similarity": "CosineSimilarity",
            "r2_score": "R2Score",
            "pearson_correlation": "PearsonCorrelation",
            "concordance_correlation": "ConcordanceCorrelation",
        },
        "classification": {
            "precision": "Precision",
            "recall": "Recall",
            "auc": "AUC",
            "f1_score": "F1Score",
            "fbeta_score": "FBetaScore",
            "true_positives": "TruePositives",
            "true_negatives": "TrueNegatives",
            "false_positives": "FalsePositives",
            "false_negatives": "FalseNegatives",
            "precision_at_recall": "PrecisionAtRecall",
            "recall_at_precision": "RecallAtPrecision",
            "sensitivity_at_specificity": "SensitivityAtSpecificity",
            "specificity_at_sensitivity": "SpecificityAtSensitivity",
        },
        "probabilistic": {
            "binary_crossentropy": "BinaryCrossentropy",
            "categorical_crossentropy": "CategoricalCrossentropy",
            "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
            "poisson": "Poisson",
            "kl_divergence": "KLDivergence",
        },
        "overlap": {
            "iou": "IoU",
            "binary_iou": "BinaryIoU",
            "mean_iou": "MeanIoU",
            "one_hot_iou": "OneHotIoU",
            "one_hot_mean_iou": "OneHotMeanIoU",
        },
        "hinge": {
            "hinge": "Hinge",
            "squared_hinge": "SquaredHinge",
            "categorical_hinge": "CategoricalHinge",
        },
    },
    {
        "acc": "accuracy",
        "mean_absolute_error": "mae",
        "mean_squared_error": "mse",
        "root_mean_squared_error": "rmse",
        "mean_absolute_percentage_error": "mape",
        "mean_squared_logarithmic_error": "msle",
        "logcosh": "log_cosh",
        "log_cosh_error": "log_cosh",
        "bce": "binary_crossentropy",
        "kullback_leibler_divergence": "kl_divergence",
        "f_beta_score": "fbeta_score",
        "io_u": "iou",
        "binary_io_u": "binary_iou",
        "mean_io_u": "mean_iou",
        "one_hot_io_u": "one_hot_iou",
        "one_hot_mean_io_u": "one_hot_mean_iou",
    },
)

find = _METRICS.find
name = _METRICS.name
names = _METRICS.names
classes = _METRICS.classes
aliases = _METRICS.aliases
called = _METRICS.called
