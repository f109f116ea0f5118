"""Writes losses.json: values of Keras's losses and metrics, extremes too.

Run in an environment of its own: `pip install keras jax`, `python make_losses.py`.
"""

import inspect
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


def more(random: np.random.Generator) -> dict[str, np.ndarray]:
    """Regions, embeddings, sequences, and probabilities along another axis."""
    rows = random.normal(size=(8, 3))
    regions = random.integers(0, 3, (4, 3, 2))
    unlabelled = np.where(random.uniform(size=regions.shape) < 0.3, 255, regions)
    return {
        "regions": np.eye(3)[regions],
        "region_chances": softmax(random.normal(size=(4, 3, 2, 3))),
        "region_logits": random.normal(size=(4, 3, 2, 3)),
        "region_classes": regions,
        "unlabelled": unlabelled,
        "planes": np.eye(3)[regions].transpose(0, 3, 1, 2),
        "plane_logits": random.normal(size=(4, 3, 3, 2)),
        "embeddings": rows / np.linalg.norm(rows, axis=-1, keepdims=True),
        "people": np.array([0, 1, 0, 2, 1, 1, 3, 0]),
        "spoken": 2 * random.normal(size=(4, 6, 5)),
        "loud": np.array([[[1e30, -1e30, 1e-30]] * 3, [[0.0, 1e4, -1e4]] * 3]),
        "words": np.array([[1, 2, 2, 0], [3, 0, 0, 0], [4, 1, 4, 1], [2, 2, 2, 2]]),
        "loud_words": np.array([[1, 2], [1, 1]]),
        "extreme_regions": np.array([[[1e30, 1e-30]], [[0.0, 1.0]]]),
        "region_truth": np.array([[[1.0, 0.0]], [[0.0, 1.0]]]),
        "two_numbers": random.normal(size=(9, 2)),
        "other_two_numbers": random.normal(size=(9, 2)),
        "ids": random.integers(0, 3, (7, 5)),
        "other_ids": random.integers(0, 3, (7, 5)),
        "sorted_ids": np.array([[3, 1, 0], [2, 0, 1], [1, 2, 3], [0, 3, 2]]),
        "four_classes": np.array([1, 3, 1, 2]),
        "tens": np.linspace(0, 1, 11)[:, None],
        "tens_truth": (np.arange(11) % 3 == 0)[:, None],
    }


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
    arrays |= more(np.random.default_rng(3))
    arrays["chances"] = 1 / (1 + np.exp(-arrays["binary_logits"]))
    arrays["label_chances"] = 1 / (1 + np.exp(-arrays["label_logits"]))
    arrays["step_probabilities"] = softmax(arrays["step_logits"])
    return {name: value.astype("float32") for name, value in arrays.items()}


LOSSES = [  # loss, its arguments, prediction, target
    ("mse", {}, "numbers", "other_numbers"),
    ("mse", {}, "images", "other_images"),
    ("mse", {}, "extreme", "zeros"),
    ("mse", {"reduction": "sum"}, "numbers", "other_numbers"),
    ("mae", {"reduction": "sum"}, "images", "other_images"),
    ("binary_crossentropy", {"reduction": "sum", "axis": 1}, "region_chances", "regions"),
    ("dice", {"reduction": "sum", "axis": [1, 2]}, "region_chances", "regions"),
    ("mse", {"reduction": "mean"}, "numbers", "other_numbers"),
    ("mse", {"reduction": "mean_with_sample_weight"}, "numbers", "other_numbers"),
    ("mae", {}, "numbers", "other_numbers"),
    ("mae", {}, "images", "other_images"),
    ("mae", {}, "extreme", "zeros"),
    ("categorical_crossentropy", {"from_logits": True}, "logits", "one_hot"),
    ("categorical_crossentropy", {}, "probabilities", "one_hot"),
    ("categorical_crossentropy", {"from_logits": True}, "extreme_logits", "extreme_rows"),
    ("categorical_crossentropy", {}, "sure", "sure_rows"),
    ("categorical_crossentropy", {"label_smoothing": 0.2}, "probabilities", "one_hot"),
    (
        "categorical_crossentropy",
        {"label_smoothing": 0.2, "from_logits": True},
        "extreme_logits",
        "extreme_rows",
    ),
    ("categorical_crossentropy", {"from_logits": True, "axis": 1}, "plane_logits", "planes"),
    (
        "categorical_crossentropy",
        {"from_logits": True, "axis": -3, "label_smoothing": 0.1},
        "plane_logits",
        "planes",
    ),
    ("sparse_categorical_crossentropy", {"from_logits": True}, "logits", "classes"),
    ("sparse_categorical_crossentropy", {}, "probabilities", "classes"),
    ("sparse_categorical_crossentropy", {"from_logits": True}, "step_logits", "steps"),
    ("sparse_categorical_crossentropy", {}, "step_probabilities", "steps"),
    (
        "sparse_categorical_crossentropy",
        {"from_logits": True},
        "extreme_logits",
        "extreme_classes",
    ),
    ("sparse_categorical_crossentropy", {}, "sure", "sure_classes"),
    ("sparse_categorical_crossentropy", {"ignore_class": 255}, "region_chances", "unlabelled"),
    (
        "sparse_categorical_crossentropy",
        {"ignore_class": 255, "from_logits": True},
        "region_logits",
        "unlabelled",
    ),
    (
        "sparse_categorical_crossentropy",
        {"ignore_class": 1, "from_logits": True, "reduction": "sum"},
        "logits",
        "classes",
    ),
    ("binary_crossentropy", {"from_logits": True}, "binary_logits", "binary"),
    ("binary_crossentropy", {}, "chances", "binary"),
    ("binary_crossentropy", {"from_logits": True}, "label_logits", "labels"),
    ("binary_crossentropy", {}, "label_chances", "labels"),
    ("binary_crossentropy", {"from_logits": True}, "extreme_binary_logits", "extreme_binary"),
    ("binary_crossentropy", {}, "extreme_chances", "extreme_binary"),
    ("binary_crossentropy", {"label_smoothing": 0.3}, "label_chances", "labels"),
    (
        "binary_crossentropy",
        {"label_smoothing": 0.3, "from_logits": True},
        "extreme_binary_logits",
        "extreme_binary",
    ),
    ("binary_crossentropy", {"axis": 1}, "region_chances", "regions"),
    ("mape", {}, "numbers", "other_numbers"),
    ("mape", {}, "extreme", "zeros"),
    ("msle", {}, "positive", "other_positive"),
    ("msle", {}, "extreme", "zeros"),
    ("huber", {}, "numbers", "other_numbers"),
    ("huber", {}, "images", "other_images"),
    ("huber", {}, "extreme", "zeros"),
    ("huber", {"delta": 2.5}, "numbers", "other_numbers"),
    ("huber", {"delta": 0.1}, "images", "other_images"),
    ("huber", {"delta": 0.0}, "images", "other_images"),
    ("log_cosh", {}, "numbers", "other_numbers"),
    ("log_cosh", {}, "extreme", "zeros"),
    ("cosine_similarity", {}, "images", "other_images"),
    ("cosine_similarity", {}, "numbers", "other_numbers"),
    ("cosine_similarity", {}, "extreme", "zeros"),
    ("cosine_similarity", {"axis": 2}, "images", "other_images"),
    ("poisson", {}, "positive", "other_positive"),
    ("poisson", {}, "sure", "sure_rows"),
    ("kl_divergence", {}, "probabilities", "rows"),
    ("kl_divergence", {}, "sure", "sure_rows"),
    ("hinge", {}, "label_logits", "labels"),
    ("hinge", {}, "numbers", "other_numbers"),
    ("hinge", {}, "extreme_binary_logits", "extreme_binary"),
    ("squared_hinge", {}, "label_logits", "labels"),
    ("squared_hinge", {}, "numbers", "other_numbers"),
    ("categorical_hinge", {}, "logits", "one_hot"),
    ("categorical_hinge", {}, "extreme_logits", "extreme_rows"),
    ("binary_focal_crossentropy", {}, "chances", "binary"),
    ("binary_focal_crossentropy", {}, "extreme_chances", "extreme_binary"),
    ("binary_focal_crossentropy", {"from_logits": True}, "label_logits", "labels"),
    (
        "binary_focal_crossentropy",
        {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5, "label_smoothing": 0.1},
        "label_chances",
        "labels",
    ),
    (
        "binary_focal_crossentropy",
        {"from_logits": True},
        "extreme_binary_logits",
        "extreme_binary",
    ),
    (
        "binary_focal_crossentropy",
        {"reduction": "sum", "axis": 1},
        "region_chances",
        "regions",
    ),
    ("categorical_focal_crossentropy", {}, "probabilities", "one_hot"),
    ("categorical_focal_crossentropy", {}, "sure", "sure_rows"),
    ("categorical_focal_crossentropy", {"from_logits": True}, "logits", "one_hot"),
    (
        "categorical_focal_crossentropy",
        {"from_logits": True, "alpha": 0.6, "gamma": 3.0, "label_smoothing": 0.2},
        "logits",
        "one_hot",
    ),
    (
        "categorical_focal_crossentropy",
        {"alpha": [0.1, 0.2, 0.3, 0.4]},
        "probabilities",
        "one_hot",
    ),
    ("categorical_focal_crossentropy", {"from_logits": True}, "extreme_logits", "extreme_rows"),
    ("categorical_focal_crossentropy", {"from_logits": True, "axis": 1}, "plane_logits", "planes"),
    ("categorical_generalized_cross_entropy", {}, "probabilities", "classes"),
    ("categorical_generalized_cross_entropy", {"q": 0.1}, "sure", "sure_classes"),
    ("dice", {}, "region_chances", "regions"),
    ("dice", {"axis": [1, 2, 3]}, "region_chances", "regions"),
    ("dice", {"axis": [1, 2]}, "region_chances", "regions"),
    ("dice", {"axis": -1}, "region_chances", "regions"),
    ("dice", {"axis": [1, 2]}, "extreme_regions", "region_truth"),
    ("tversky", {}, "region_chances", "regions"),
    ("tversky", {"alpha": 0.2, "beta": 0.7}, "region_chances", "regions"),
    ("tversky", {"alpha": 0.2, "axis": [1, 2, 3]}, "region_chances", "regions"),
    ("circle", {}, "embeddings", "people"),
    ("circle", {"gamma": 10.0, "margin": 0.2}, "embeddings", "people"),
    ("circle", {"remove_diagonal": False}, "embeddings", "people"),
    ("ctc", {}, "spoken", "words"),
    ("ctc", {}, "loud", "loud_words"),
]

WHOLE = ("dice", "tversky")
"""Losses of a whole batch, which no weight of a sample can be told from another's."""

METRICS = [  # metric, its arguments, prediction, target
    ("binary_accuracy", {}, "chances", "binary"),
    ("binary_accuracy", {}, "label_chances", "labels"),
    ("binary_accuracy", {"threshold": 0.2}, "label_chances", "labels"),
    ("categorical_accuracy", {}, "probabilities", "one_hot"),
    ("sparse_categorical_accuracy", {}, "probabilities", "classes"),
    ("sparse_categorical_accuracy", {}, "step_probabilities", "steps"),
    ("mae", {}, "images", "other_images"),
    ("mse", {}, "numbers", "other_numbers"),
    ("rmse", {}, "images", "other_images"),
    ("mape", {}, "numbers", "other_numbers"),
    ("msle", {}, "positive", "other_positive"),
    ("log_cosh", {}, "numbers", "other_numbers"),
    ("cosine_similarity", {}, "numbers", "other_numbers"),
    ("cosine_similarity", {"axis": 2}, "images", "other_images"),
    ("r2_score", {}, "two_numbers", "other_two_numbers"),
    ("r2_score", {"class_aggregation": None}, "two_numbers", "other_two_numbers"),
    (
        "r2_score",
        {"class_aggregation": "variance_weighted_average"},
        "two_numbers",
        "other_two_numbers",
    ),
    ("r2_score", {"num_regressors": 3}, "two_numbers", "other_two_numbers"),
    ("r2_score", {}, "numbers", "numbers"),
    ("pearson_correlation", {}, "nine", "nine_rows"),
    ("pearson_correlation", {"axis": 1}, "step_logits", "step_probabilities"),
    ("concordance_correlation", {}, "nine", "nine_rows"),
    ("concordance_correlation", {"axis": 1}, "step_logits", "step_probabilities"),
    ("poisson", {}, "positive", "other_positive"),
    ("kl_divergence", {}, "probabilities", "rows"),
    ("binary_crossentropy", {}, "label_chances", "labels"),
    (
        "binary_crossentropy",
        {"from_logits": True, "label_smoothing": 0.2},
        "label_logits",
        "labels",
    ),
    ("categorical_crossentropy", {}, "probabilities", "one_hot"),
    (
        "categorical_crossentropy",
        {"from_logits": True, "label_smoothing": 0.2},
        "logits",
        "one_hot",
    ),
    ("categorical_crossentropy", {"from_logits": True, "axis": 1}, "plane_logits", "planes"),
    ("sparse_categorical_crossentropy", {}, "probabilities", "classes"),
    ("sparse_categorical_crossentropy", {"from_logits": True}, "step_logits", "steps"),
    (
        "sparse_categorical_crossentropy",
        {"from_logits": True, "ignore_class": 1},
        "logits",
        "classes",
    ),
    ("hinge", {}, "label_logits", "labels"),
    ("squared_hinge", {}, "label_logits", "labels"),
    ("categorical_hinge", {}, "logits", "one_hot"),
    ("top_k_categorical_accuracy", {}, "nine", "nine_rows"),
    ("top_k_categorical_accuracy", {"k": 2}, "nine", "nine_rows"),
    ("sparse_top_k_categorical_accuracy", {}, "nine", "nine_classes"),
    ("sparse_top_k_categorical_accuracy", {"k": 3}, "nine", "nine_classes"),
    (
        "sparse_top_k_categorical_accuracy",
        {"k": 2, "from_sorted_ids": True},
        "sorted_ids",
        "four_classes",
    ),
    ("precision", {}, "chances", "binary"),
    ("precision", {}, "probabilities", "one_hot"),
    ("precision", {}, "extreme_chances", "extreme_binary"),
    ("precision", {"thresholds": 0.3}, "label_chances", "labels"),
    ("precision", {"thresholds": [0.0, 0.5, 1.0]}, "tens", "tens_truth"),
    ("precision", {"thresholds": [0.7, 0.2]}, "label_chances", "labels"),
    ("precision", {"top_k": 2}, "label_chances", "labels"),
    ("precision", {"top_k": 1, "thresholds": 0.4}, "probabilities", "one_hot"),
    ("precision", {"class_id": 2}, "probabilities", "one_hot"),
    ("precision", {"class_id": 1, "top_k": 2}, "label_chances", "labels"),
    ("recall", {}, "chances", "binary"),
    ("recall", {}, "label_chances", "labels"),
    ("recall", {"thresholds": [0.1, 0.6, 0.4]}, "label_chances", "labels"),
    ("recall", {"top_k": 3}, "nine", "nine_rows"),
    ("recall", {"class_id": 0}, "probabilities", "one_hot"),
    ("true_positives", {}, "label_chances", "labels"),
    ("true_positives", {"thresholds": [0.2, 0.8]}, "label_chances", "labels"),
    ("true_negatives", {}, "label_chances", "labels"),
    ("false_positives", {}, "label_chances", "labels"),
    ("false_negatives", {}, "chances", "binary"),
    ("precision_at_recall", {"recall": 0.6}, "label_chances", "labels"),
    ("precision_at_recall", {"recall": 0.6}, "tens", "tens_truth"),
    ("precision_at_recall", {"recall": 1.0, "num_thresholds": 1}, "label_chances", "labels"),
    ("recall_at_precision", {"precision": 0.55}, "label_chances", "labels"),
    ("recall_at_precision", {"precision": 0.5, "class_id": 1}, "label_chances", "labels"),
    ("sensitivity_at_specificity", {"specificity": 0.5}, "label_chances", "labels"),
    (
        "sensitivity_at_specificity",
        {"specificity": 0.3, "num_thresholds": 11},
        "tens",
        "tens_truth",
    ),
    ("specificity_at_sensitivity", {"sensitivity": 0.5}, "label_chances", "labels"),
    ("specificity_at_sensitivity", {"sensitivity": 0.9}, "extreme_chances", "extreme_binary"),
    ("auc", {}, "chances", "binary"),
    ("auc", {}, "label_chances", "labels"),
    ("auc", {}, "extreme_chances", "extreme_binary"),
    ("auc", {"num_thresholds": 11}, "tens", "tens_truth"),
    ("auc", {"num_thresholds": 2}, "label_chances", "labels"),
    ("auc", {"curve": "PR"}, "label_chances", "labels"),
    ("auc", {"curve": "PR", "summation_method": "minoring"}, "label_chances", "labels"),
    ("auc", {"curve": "PRGAIN"}, "label_chances", "labels"),
    ("auc", {"summation_method": "majoring"}, "label_chances", "labels"),
    ("auc", {"thresholds": [0.3, 0.45, 0.7]}, "label_chances", "labels"),
    ("auc", {"thresholds": [0.75, 0.25, 0.5]}, "tens", "tens_truth"),
    ("auc", {"from_logits": True, "curve": "PR"}, "label_logits", "labels"),
    ("auc", {"multi_label": True}, "label_chances", "labels"),
    ("auc", {"multi_label": True, "curve": "PR", "num_labels": 5}, "label_chances", "labels"),
    (
        "auc",
        {"multi_label": True, "label_weights": [1.0, 2.0, 0.5, 0.0, 1.0], "thresholds": [0.4]},
        "label_chances",
        "labels",
    ),
    ("auc", {"label_weights": [1.0, 2.0, 0.5, 0.0, 1.0]}, "label_chances", "labels"),
    ("f1_score", {}, "probabilities", "one_hot"),
    ("f1_score", {"average": "micro"}, "probabilities", "one_hot"),
    ("f1_score", {"average": "macro", "threshold": 0.4}, "label_chances", "labels"),
    ("f1_score", {"average": "weighted"}, "probabilities", "one_hot"),
    ("f1_score", {"threshold": 0.5}, "chances", "binary"),
    ("fbeta_score", {"beta": 2.0, "threshold": 0.5}, "label_chances", "labels"),
    ("fbeta_score", {"beta": 0.5, "average": "weighted"}, "probabilities", "one_hot"),
    ("iou", {"num_classes": 3, "target_class_ids": [0, 2]}, "ids", "other_ids"),
    ("mean_iou", {"num_classes": 3}, "ids", "other_ids"),
    ("mean_iou", {"num_classes": 4, "ignore_class": 1}, "ids", "other_ids"),
    (
        "mean_iou",
        {"num_classes": 3, "sparse_y_pred": False, "ignore_class": 255},
        "region_chances",
        "unlabelled",
    ),
    ("one_hot_iou", {"num_classes": 3, "target_class_ids": [1]}, "region_chances", "regions"),
    ("one_hot_mean_iou", {"num_classes": 3}, "region_chances", "regions"),
    ("one_hot_mean_iou", {"num_classes": 4}, "probabilities", "one_hot"),
    ("binary_iou", {}, "label_chances", "labels"),
    ("binary_iou", {"target_class_ids": [1], "threshold": 0.3}, "label_chances", "labels"),
    ("accuracy", {}, "chances", "binary"),
    ("accuracy", {}, "step_probabilities", "steps"),
]

PICKED = {"chances": "BinaryAccuracy", "step_probabilities": "SparseCategoricalAccuracy"}
"""What Keras's `fit` takes for `accuracy`, by the prediction."""

CLASSES = {
    "mape": "MeanAbsolutePercentageError",
    "msle": "MeanSquaredLogarithmicError",
    "mse": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "rmse": "RootMeanSquaredError",
    "kl_divergence": "KLDivergence",
    "ctc": "CTC",
    "auc": "AUC",
    "fbeta_score": "FBetaScore",
    "r2_score": "R2Score",
    "iou": "IoU",
    "mean_iou": "MeanIoU",
    "one_hot_iou": "OneHotIoU",
    "one_hot_mean_iou": "OneHotMeanIoU",
    "binary_iou": "BinaryIoU",
    "top_k_categorical_accuracy": "TopKCategoricalAccuracy",
    "sparse_top_k_categorical_accuracy": "SparseTopKCategoricalAccuracy",
}
"""Those that are not the name in capitals."""


def declared(room: str, name: str) -> type:
    called = CLASSES.get(name) or name.title().replace("_", "")
    if room == "metrics" and name == "log_cosh":
        called = "LogCoshError"
    return getattr(getattr(keras, room), called)


def signature(room: str, name: str) -> dict:
    """The arguments and their defaults, but for what makes no number; `...` for none."""
    found = inspect.signature(declared(room, name).__init__).parameters.values()
    return {
        each.name: "..." if each.default is inspect.Parameter.empty else each.default
        for each in found
        if each.name not in ("self", "name", "dtype")
    }


def made(room: str, name: str, arguments: dict):
    found = declared(room, name)
    given = dict(arguments)
    if "alpha" in given and isinstance(given["alpha"], list):
        given["alpha"] = np.array(given["alpha"], "float32")
    return found(**given)


def loss_values(case: tuple, arrays: dict) -> dict:
    """The loss, that of weighted samples, and that of masked ones."""
    name, arguments, prediction, target = case
    loss, outputs, targets = made("losses", name, arguments), arrays[prediction], arrays[target]
    values = {"value": float(loss(targets, outputs))}
    own = made("losses", name, {**arguments, "reduction": "none"})(targets, outputs)
    if own.ndim == 0:
        return values
    axes = [1] * (own.ndim - 1)
    weights = sample_weights(len(targets)).reshape(-1, *axes)
    if arguments.get("reduction") != "mean_with_sample_weight" or own.ndim == 1:
        values["weighted"] = float(loss(targets, outputs, np.broadcast_to(weights, own.shape)))
    if name not in WHOLE:
        masked, weights = keras.ops.convert_to_tensor(outputs), np.broadcast_to(weights, own.shape)
        mask = np.broadcast_to(sample_mask(len(targets)).reshape(-1, *axes), own.shape)
        keras.src.backend.set_keras_mask(masked, mask)
        values["masked"] = float(loss(targets, masked))
        values["masked_weighted"] = float(loss(targets, masked, weights))
    return values


def metric_values(case: tuple, arrays: dict, weighted: bool) -> float | list[float]:
    """In two uneven batches."""
    name, arguments, prediction, target = case
    if name == "accuracy":
        metric = getattr(keras.metrics, PICKED[prediction])()
    else:
        metric = made("metrics", name, arguments)
    rows, outputs, targets = len(arrays[target]), arrays[prediction], arrays[target]
    weights = sample_weights(rows)
    if hasattr(metric, "total_cm"):
        shape = outputs.shape[: -1 if "sparse_y_pred" in arguments or "one_hot" in name else None]
        weights = np.broadcast_to((2 * weights).reshape(-1, *[1] * (len(shape) - 1)), shape)
    elif not FLAT.intersection(cls.__name__ for cls in type(metric).__mro__):
        axes = max(outputs.ndim - 2, 0)
        weights = weights.reshape(-1, *[1] * axes)
    elif name not in ("f1_score", "fbeta_score", "r2_score"):
        weights = weights.reshape(-1, *[1] * (outputs.ndim - 1))
    if arguments.get("multi_label"):
        weights = np.broadcast_to(weights, outputs.shape) if weights.ndim > 1 else weights
    for part in (slice(0, rows - 2), slice(rows - 2, rows)):
        given = weights[part] if weighted else None
        metric.update_state(targets[part], outputs[part], given)
    return np.asarray(metric.result()).tolist()


FLAT = {
    "Precision",
    "Recall",
    "AUC",
    "_ConfusionMatrixConditionCount",
    "SensitivitySpecificityBase",
    "FBetaScore",
    "R2Score",
}
"""Metrics whose weights have the predictions' rank."""


def sample_weights(rows: int) -> np.ndarray:
    return (np.arange(rows) % 3 + 0.5).astype("float32")


def sample_mask(rows: int) -> np.ndarray:
    return np.arange(rows) % 4 != 1


if __name__ == "__main__":
    arrays = operands()
    golden = {
        "keras": keras.__version__,
        "arrays": {name: value.tolist() for name, value in arrays.items()},
        "signatures": {
            "losses": {name: signature("losses", name) for name, *_ in LOSSES},
            "metrics": {name: signature("metrics", name) for name, *_ in METRICS},
        },
        "losses": [{"case": case, **loss_values(case, arrays)} for case in LOSSES],
        "metrics": [
            {
                "case": case,
                "value": metric_values(case, arrays, False),
                "weighted": metric_values(case, arrays, True),
            }
            for case in METRICS
        ],
    }
    Path(__file__).with_name("losses.json").write_text(json.dumps(golden) + "\n")
