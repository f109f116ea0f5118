"""The metrics that an output can be measured with. No torch here."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["numbers", "classes", "indices", "binary"]
"""What a metric compares: as `training.losses.Targets`, `classes` being one-hot rows."""


class Metric(NamedTuple):
    """One metric.

    Attributes:
        name: Its name, `accuracy`; what a spec calls it is also what the logs call it.
        kind: What it compares. `accuracy` leaves it empty: see `accuracy_kind`.
        doc: What it is, in one or two sentences.
        higher_is_better: Which way it improves.
        aliases: Further names that a spec may call it by.
        keras: The path of Keras's page under `keras.io/api/metrics/`.
    """

    name: str
    kind: Kind | Literal[""]
    doc: str
    higher_is_better: bool = True
    aliases: tuple[str, ...] = ()
    keras: str = ""


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "accuracy",
            "",
            "How often the prediction is right: `binary_accuracy`, `categorical_accuracy` or "
            "`sparse_categorical_accuracy`, by the shapes of output and target.",
            aliases=("acc",),
            keras="accuracy_metrics/#accuracy-class",
        ),
        Metric(
            "binary_accuracy",
            "binary",
            "How often `prediction > 0.5` is the target, over every value of the output.",
            keras="accuracy_metrics/#binaryaccuracy-class",
        ),
        Metric(
            "categorical_accuracy",
            "classes",
            "How often the largest prediction is at the largest value of the one-hot target.",
            keras="accuracy_metrics/#categoricalaccuracy-class",
        ),
        Metric(
            "sparse_categorical_accuracy",
            "indices",
            "How often the largest prediction is at the target's class index.",
            keras="accuracy_metrics/#sparsecategoricalaccuracy-class",
        ),
        Metric(
            "mae",
            "numbers",
            "Mean absolute error.",
            higher_is_better=False,
            aliases=("mean_absolute_error",),
            keras="regression_metrics/#meanabsoluteerror-class",
        ),
        Metric(
            "mse",
            "numbers",
            "Mean squared error.",
            higher_is_better=False,
            aliases=("mean_squared_error",),
            keras="regression_metrics/#meansquarederror-class",
        ),
        Metric(
            "precision",
            "binary",
            "Of the values predicted above 0.5, how many are true.",
            keras="classification_metrics/#precision-class",
        ),
        Metric(
            "recall",
            "binary",
            "Of the values that are true, how many are predicted above 0.5.",
            keras="classification_metrics/#recall-class",
        ),
        Metric(
            "auc",
            "binary",
            "Area under the receiver operating characteristic, interpolated over 200 thresholds.",
            keras="classification_metrics/#auc-class",
        ),
        Metric(
            "rmse",
            "numbers",
            "Root mean squared error.",
            higher_is_better=False,
            aliases=("root_mean_squared_error",),
            keras="regression_metrics/#rootmeansquarederror-class",
        ),
        Metric(
            "mape",
            "numbers",
            "Mean absolute percentage error.",
            higher_is_better=False,
            aliases=("mean_absolute_percentage_error",),
            keras="regression_metrics/#meanabsolutepercentageerror-class",
        ),
        Metric(
            "msle",
            "numbers",
            "Mean squared logarithmic error.",
            higher_is_better=False,
            aliases=("mean_squared_logarithmic_error",),
            keras="regression_metrics/#meansquaredlogarithmicerror-class",
        ),
        Metric(
            "log_cosh",
            "numbers",
            "The mean logarithm of the error's hyperbolic cosine.",
            higher_is_better=False,
            aliases=("logcosh",),
            keras="regression_metrics/#logcosherror-class",
        ),
        Metric(
            "cosine_similarity",
            "numbers",
            "The mean cosine between prediction and target along the last axis.",
            keras="regression_metrics/#cosinesimilarity-class",
        ),
        Metric(
            "poisson",
            "numbers",
            "The mean of `prediction - target log(prediction)`.",
            higher_is_better=False,
            keras="probabilistic_metrics/#poisson-class",
        ),
        Metric(
            "kl_divergence",
            "numbers",
            "The mean Kullback-Leibler divergence of one row of probabilities from another.",
            higher_is_better=False,
            aliases=("kullback_leibler_divergence",),
            keras="probabilistic_metrics/#kldivergence-class",
        ),
        Metric(
            "hinge",
            "binary",
            "The mean of `max(1 - target * prediction, 0)`, targets of 0 counting as -1.",
            higher_is_better=False,
            keras="hinge_metrics/#hinge-class",
        ),
        Metric(
            "squared_hinge",
            "binary",
            "The mean square of `hinge`.",
            higher_is_better=False,
            keras="hinge_metrics/#squaredhinge-class",
        ),
        Metric(
            "true_positives",
            "binary",
            "How many values predicted above 0.5 are true.",
            keras="classification_metrics/#truepositives-class",
        ),
        Metric(
            "true_negatives",
            "binary",
            "How many values not predicted above 0.5 are not true.",
            keras="classification_metrics/#truenegatives-class",
        ),
        Metric(
            "false_positives",
            "binary",
            "How many values predicted above 0.5 are not true.",
            higher_is_better=False,
            keras="classification_metrics/#falsepositives-class",
        ),
        Metric(
            "false_negatives",
            "binary",
            "How many values not predicted above 0.5 are true.",
            higher_is_better=False,
            keras="classification_metrics/#falsenegatives-class",
        ),
        Metric(
            "top_k_categorical_accuracy",
            "classes",
            "How often the class of the one-hot target is among the five largest predictions.",
            keras="accuracy_metrics/#topkcategoricalaccuracy-class",
        ),
        Metric(
            "sparse_top_k_categorical_accuracy",
            "indices",
            "How often the target's class index is among the five largest predictions.",
            keras="accuracy_metrics/#sparsetopkcategoricalaccuracy-class",
        ),
    )
}

_ALIASES = {alias: metric.name for metric in METRICS.values() for alias in metric.aliases}


def find(name: str) -> Metric | None:
    """The metric of a name or an alias (in any case, as Keras's `AUC`), or None."""
    lowered = name.lower()
    return METRICS.get(_ALIASES.get(lowered, lowered))


def names() -> list[str]:
    """All names that `find` knows, aliases last."""
    return [*METRICS, *_ALIASES]


def accuracy_kind(
    prediction: tuple[int, ...], target: tuple[int, ...], loss: str | None = None
) -> Kind:
    """What `accuracy` compares, for shapes with their batch axis.

    Keras's rule, and one more: what is trained with `binary_crossentropy` is binary, also with
    several values a sample (Keras would compare the places of the largest values).
    """
    if prediction[-1] == 1 or loss == "binary_crossentropy":
        return "binary"
    if len(target) < len(prediction) or target[-1] == 1:
        return "indices"
    return "classes"
