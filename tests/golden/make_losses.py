"""Writes losses.json: values of Keras's losses and metrics, extremes too.

Run in an environment of its own: `pip install keras jax`, `python make_losses.py`.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np

RANDOM = np.random.default_rng(0)


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def operands() -> dict[str, np.ndarray]:
    """Named arrays that the cases refer to."""
    classes = RANDOM.integers(0, 4, 7)
    steps = RANDOM.integers(0, 3, (5, 6))
    logits = 3 * RANDOM.normal(size=(7, 4))
    arrays = {
        "numbers": RANDOM.normal(size=(6, 3)),
        "other_numbers": RANDOM.normal(size=(6, 3)),
        "images": RANDOM.normal(size=(4, 2, 3, 2)),
        "other_images": RANDOM.normal(size=(4, 2, 3, 2)),
        "extreme": np.array([[1e-30, 1e30], [1e15, -1e15], [0.0, 1.0]]),
        "zeros": np.zeros((3, 2)),
        "classes": classes,
        "one_hot": np.eye(4)[classes],
        "logits": logits,
        "extreme_logits": np.array([[1e30, -1e30, 0.0], [1e-30, 200.0, -200.0]]),
        "extreme_classes": np.array([1, 2]),
        "extreme_rows": np.eye(3)[[1, 2]],
        "probabilities": softmax(logits),
        "sure": np.array([[1.0, 0.0, 0.0], [0.0, 1e-30, 1.0], [0.5, 0.4, 0.3]]),
        "sure_classes": np.array([1, 2, 0]),
        "sure_rows": np.eye(3)[[1, 2, 0]],
        "step_logits": RANDOM.normal(size=(5, 6, 3)),
        "steps": steps,
        "binary": RANDOM.integers(0, 2, (9, 1)),
        "binary_logits": 3 * RANDOM.normal(size=(9, 1)),
        "extreme_binary": np.array([[0.0], [1.0], [1.0], [0.0]]),
        "extreme_binary_logits": np.array([[1e30], [-1e30], [1e-30], [-200.0]]),
        "extreme_chances": np.array([[1.0], [0.0], [1e-30], [0.5]]),
        "labels": RANDOM.integers(0, 2, (8, 5)),
        "label_logits": RANDOM.normal(size=(8, 5)),
    }
    positive = np.random.default_rng(1).uniform(0.1, 4.0, size=(6, 3))
    many = np.random.default_rng(2)
    arrays["positive"], arrays["other_positive"] = positive, positive[::-1]
    arrays["rows"] = softmax(many.normal(size=(7, 4)))
    arrays["nine"], arrays["nine_classes"] = many.normal(size=(8, 9)), many.integers(0, 9, 8)
    arrays["nine_rows"] = np.eye(9)[arrays["nine_classes"]]
    arrays["chances"] = 1 / (1 + np.exp(-arrays["binary_logits"]))
    arrays["label_chances"] = 1 / (1 + np.exp(-arrays["label_logits"]))
    arrays["step_probabilities"] = softmax(arrays["step_logits"])
    return {name: value.astype("float32") for name, value in arrays.items()}


LOSSES = [  # loss, from logits, prediction, target
    ("mse", False, "numbers", "other_numbers"),
    ("mse", False, "images", "other_images"),
    ("mse", False, "extreme", "zeros"),
    ("mae", False, "numbers", "other_numbers"),
    ("mae", False, "images", "other_images"),
    ("mae", False, "extreme", "zeros"),
    ("categorical_crossentropy", True, "logits", "one_hot"),
    ("categorical_crossentropy", False, "probabilities", "one_hot"),
    ("categorical_crossentropy", True, "extreme_logits", "extreme_rows"),
    ("categorical_crossentropy", False, "sure", "sure_rows"),
    ("sparse_categorical_crossentropy", True, "logits", "classes"),
    ("sparse_categorical_crossentropy", False, "probabilities", "classes"),
    ("sparse_categorical_crossentropy", True, "step_logits", "steps"),
    ("sparse_categorical_crossentropy", False, "step_probabilities", "steps"),
    ("sparse_categorical_crossentropy", True, "extreme_logits", "extreme_classes"),
    ("sparse_categorical_crossentropy", False, "sure", "sure_classes"),
    ("binary_crossentropy", True, "binary_logits", "binary"),
    ("binary_crossentropy", False, "chances", "binary"),
    ("binary_crossentropy", True, "label_logits", "labels"),
    ("binary_crossentropy", False, "label_chances", "labels"),
    ("binary_crossentropy", True, "extreme_binary_logits", "extreme_binary"),
    ("binary_crossentropy", False, "extreme_chances", "extreme_binary"),
    ("mape", False, "numbers", "other_numbers"),
    ("mape", False, "extreme", "zeros"),
    ("msle", False, "positive", "other_positive"),
    ("huber", False, "numbers", "other_numbers"),
    ("huber", False, "images", "other_images"),
    ("log_cosh", False, "numbers", "other_numbers"),
    ("log_cosh", False, "extreme", "zeros"),
    ("cosine_similarity", False, "images", "other_images"),
    ("cosine_similarity", False, "numbers", "other_numbers"),
    ("poisson", False, "positive", "other_positive"),
    ("kl_divergence", False, "probabilities", "rows"),
    ("kl_divergence", False, "sure", "sure_rows"),
    ("hinge", False, "label_logits", "labels"),
    ("squared_hinge", False, "label_logits", "labels"),
    ("categorical_hinge", False, "logits", "one_hot"),
    ("binary_focal_crossentropy", False, "chances", "binary"),
    ("binary_focal_crossentropy", False, "extreme_chances", "extreme_binary"),
    ("categorical_focal_crossentropy", False, "probabilities", "one_hot"),
    ("categorical_focal_crossentropy", False, "sure", "sure_rows"),
    ("binary_focal_crossentropy", True, "label_logits", "labels"),
    ("categorical_focal_crossentropy", True, "logits", "one_hot"),
]

METRICS = [  # metric, Keras's class, prediction, target
    ("binary_accuracy", "BinaryAccuracy", "chances", "binary"),
    ("binary_accuracy", "BinaryAccuracy", "label_chances", "labels"),
    ("categorical_accuracy", "CategoricalAccuracy", "probabilities", "one_hot"),
    ("sparse_categorical_accuracy", "SparseCategoricalAccuracy", "probabilities", "classes"),
    ("sparse_categorical_accuracy", "SparseCategoricalAccuracy", "step_probabilities", "steps"),
    ("accuracy", "BinaryAccuracy", "chances", "binary"),
    ("accuracy", "CategoricalAccuracy", "probabilities", "one_hot"),
    ("accuracy", "SparseCategoricalAccuracy", "step_probabilities", "steps"),
    ("mae", "MeanAbsoluteError", "images", "other_images"),
    ("mse", "MeanSquaredError", "numbers", "other_numbers"),
    ("precision", "Precision", "chances", "binary"),
    ("precision", "Precision", "probabilities", "one_hot"),
    ("precision", "Precision", "extreme_chances", "extreme_binary"),
    ("recall", "Recall", "chances", "binary"),
    ("recall", "Recall", "label_chances", "labels"),
    ("auc", "AUC", "chances", "binary"),
    ("auc", "AUC", "label_chances", "labels"),
    ("auc", "AUC", "extreme_chances", "extreme_binary"),
    ("rmse", "RootMeanSquaredError", "images", "other_images"),
    ("mape", "MeanAbsolutePercentageError", "numbers", "other_numbers"),
    ("msle", "MeanSquaredLogarithmicError", "positive", "other_positive"),
    ("log_cosh", "LogCoshError", "numbers", "other_numbers"),
    ("cosine_similarity", "CosineSimilarity", "numbers", "other_numbers"),
    ("poisson", "Poisson", "positive", "other_positive"),
    ("kl_divergence", "KLDivergence", "probabilities", "rows"),
    ("hinge", "Hinge", "label_logits", "labels"),
    ("squared_hinge", "SquaredHinge", "label_logits", "labels"),
    ("top_k_categorical_accuracy", "TopKCategoricalAccuracy", "nine", "nine_rows"),
    ("sparse_top_k_categorical_accuracy", "SparseTopKCategoricalAccuracy", "nine", "nine_classes"),
    ("true_positives", "TruePositives", "label_chances", "labels"),
    ("true_negatives", "TrueNegatives", "label_chances", "labels"),
    ("false_positives", "FalsePositives", "label_chances", "labels"),
    ("false_negatives", "FalseNegatives", "chances", "binary"),
]

FLAT = ("Precision", "Recall", "AUC", "TruePositives", "TrueNegatives", "FalsePositives")
FLAT += ("FalseNegatives",)
"""Metrics whose weights have the predictions' rank."""

CLASSES = {
    "mape": "MeanAbsolutePercentageError",
    "msle": "MeanSquaredLogarithmicError",
    "huber": "Huber",
    "log_cosh": "LogCosh",
    "cosine_similarity": "CosineSimilarity",
    "poisson": "Poisson",
    "kl_divergence": "KLDivergence",
    "hinge": "Hinge",
    "squared_hinge": "SquaredHinge",
    "categorical_hinge": "CategoricalHinge",
    "binary_focal_crossentropy": "BinaryFocalCrossentropy",
    "categorical_focal_crossentropy": "CategoricalFocalCrossentropy",
    "mse": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "binary_crossentropy": "BinaryCrossentropy",
}


def loss_value(case: tuple, arrays: dict, weights: np.ndarray | None) -> float:
    name, from_logits, prediction, target = case
    options = {"from_logits": True} if from_logits else {}
    loss = getattr(keras.losses, CLASSES[name])(**options)
    if weights is not None:
        weights = weights.reshape(-1, *[1] * (arrays[prediction].ndim - 2))
    return float(loss(arrays[target], arrays[prediction], sample_weight=weights))


def metric_value(case: tuple, arrays: dict, weighted: bool) -> float:
    """In two uneven batches."""
    _, kind, prediction, target = case
    metric = getattr(keras.metrics, kind)()
    rows = len(arrays[target])
    axes = arrays[prediction].ndim - (1 if kind in FLAT else 2)
    weights = sample_weights(rows).reshape(-1, *[1] * axes)
    for part in (slice(0, rows - 2), slice(rows - 2, rows)):
        given = weights[part] if weighted else None
        metric.update_state(arrays[target][part], arrays[prediction][part], given)
    return float(metric.result())


def sample_weights(rows: int) -> np.ndarray:
    return (np.arange(rows) % 3 + 0.5).astype("float32")


if __name__ == "__main__":
    arrays = operands()
    golden = {
        "keras": keras.__version__,
        "arrays": {name: value.tolist() for name, value in arrays.items()},
        "losses": [
            {
                "case": case,
                "value": loss_value(case, arrays, None),
                "weighted": loss_value(case, arrays, sample_weights(len(arrays[case[3]]))),
            }
            for case in LOSSES
        ],
        "metrics": [
            {
                "case": case,
                "value": metric_value(case, arrays, False),
                "weighted": metric_value(case, arrays, True),
            }
            for case in METRICS
        ],
    }
    Path(__file__).with_name("losses.json").write_text(json.dumps(golden) + "\n")
