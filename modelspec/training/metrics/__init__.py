"""The metrics that an output can be measured with, and their arguments."""

from modelspec.training.catalogue import Catalogue
from modelspec.training.metrics.base import Kind, Metric

__all__ = ["Kind", "Metric", "add", "aliases", "called", "classes", "find", "name", "names"]

_METRICS: Catalogue[Metric] = Catalogue(
    __name__,
    {
        "accuracy.any_kind": ("accuracy",),
        "accuracy.of_kind": (
            "binary_accuracy",
            "categorical_accuracy",
            "sparse_categorical_accuracy",
        ),
        "accuracy.top_k": ("top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy"),
        "regression": (
            "mae",
            "mse",
            "rmse",
            "mape",
            "msle",
            "log_cosh",
            "cosine_similarity",
            "r2_score",
            "pearson_correlation",
            "concordance_correlation",
        ),
        "classification": (
            "precision",
            "recall",
            "auc",
            "f1_score",
            "fbeta_score",
            "true_positives",
            "true_negatives",
            "false_positives",
            "false_negatives",
            "precision_at_recall",
            "recall_at_precision",
            "sensitivity_at_specificity",
            "specificity_at_sensitivity",
        ),
        "probabilistic": (
            "binary_crossentropy",
            "categorical_crossentropy",
            "sparse_categorical_crossentropy",
            "poisson",
            "kl_divergence",
        ),
        "overlap": ("iou", "binary_iou", "mean_iou", "one_hot_iou", "one_hot_mean_iou"),
        "hinge": ("hinge", "squared_hinge", "categorical_hinge"),
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
add = _METRICS.add
aliases = _METRICS.aliases
called = _METRICS.called
