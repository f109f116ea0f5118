"""The losses that an output can be trained with: what each one takes. No torch here."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Targets: TypeAlias = Literal["numbers", "classes", "indices", "binary"]
"""What a loss compares an output with.

`numbers` are of the output's own shape; `classes` are class indices or one-hot rows,
`indices` class indices only; `binary` are zeros and ones (or probabilities) of the output's shape.
"""


class Loss(NamedTuple):
    """One loss.

    Attributes:
        name: Its Keras name, `categorical_crossentropy`.
        targets: What it compares the output with.
        doc: What it is, in one or two sentences.
        activation: What the output must end in for its values to make sense; empty for any.
        aliases: Further names that a spec may call it by.
        keras: The path of Keras's page under `keras.io/api/losses/`.
    """

    name: str
    targets: Targets
    doc: str
    activation: str = ""
    aliases: tuple[str, ...] = ()
    keras: str = ""


LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss(
            "mse",
            "numbers",
            "Mean squared error: the mean of `(prediction - target)^2` over a sample's values.",
            aliases=("mean_squared_error",),
            keras="regression_losses/#meansquarederror-class",
        ),
        Loss(
            "mae",
            "numbers",
            "Mean absolute error: the mean of `|prediction - target|` over a sample's values.",
            aliases=("mean_absolute_error",),
            keras="regression_losses/#meanabsoluteerror-class",
        ),
        Loss(
            "categorical_crossentropy",
            "classes",
            "Cross-entropy of one class among several. Targets are class indices or one-hot "
            "rows (or rows of probabilities), whichever the data gives.",
            activation="softmax",
            keras="probabilistic_losses/#categoricalcrossentropy-class",
        ),
        Loss(
            "sparse_categorical_crossentropy",
            "indices",
            "Cross-entropy of one class among several. Targets are class indices.",
            activation="softmax",
            keras="probabilistic_losses/#sparsecategoricalcrossentropy-class",
        ),
        Loss(
            "binary_crossentropy",
            "binary",
            "Cross-entropy of yes or no, by itself for every value of the output.",
            activation="sigmoid",
            keras="probabilistic_losses/#binarycrossentropy-class",
        ),
        Loss(
            "mape",
            "numbers",
            "Mean absolute percentage error: the mean of `100 |target - prediction| / |target|`.",
            aliases=("mean_absolute_percentage_error",),
            keras="regression_losses/#meanabsolutepercentageerror-class",
        ),
        Loss(
            "msle",
            "numbers",
            "Mean squared logarithmic error: that of `log(1 + x)`, for numbers from 0 up.",
            aliases=("mean_squared_logarithmic_error",),
            keras="regression_losses/#meansquaredlogarithmicerror-class",
        ),
        Loss(
            "huber",
            "numbers",
            "Half the squared error up to an error of 1, and a straight line from there on.",
            keras="regression_losses/#huber-class",
        ),
        Loss(
            "log_cosh",
            "numbers",
            "The logarithm of the error's hyperbolic cosine: nearly a square, then a line.",
            aliases=("logcosh",),
            keras="regression_losses/#logcosh-class",
        ),
        Loss(
            "cosine_similarity",
            "numbers",
            "Minus the cosine between prediction and target along the last axis.",
            keras="regression_losses/#cosinesimilarity-class",
        ),
        Loss(
            "poisson",
            "numbers",
            "Poisson loss of a count: `prediction - target log(prediction)`.",
            keras="probabilistic_losses/#poisson-class",
        ),
        Loss(
            "kl_divergence",
            "numbers",
            "Kullback-Leibler divergence of one row of probabilities from another.",
            aliases=("kullback_leibler_divergence",),
            keras="probabilistic_losses/#kldivergence-class",
        ),
        Loss(
            "hinge",
            "binary",
            "`max(1 - target * prediction, 0)`, targets of 0 counting as -1.",
            keras="hinge_losses/#hinge-class",
        ),
        Loss(
            "squared_hinge",
            "binary",
            "The square of `hinge`.",
            keras="hinge_losses/#squaredhinge-class",
        ),
        Loss(
            "categorical_hinge",
            "classes",
            "`max(largest wrong value - right value + 1, 0)` of several classes.",
            keras="hinge_losses/#categoricalhinge-class",
        ),
        Loss(
            "binary_focal_crossentropy",
            "binary",
            "Cross-entropy of yes or no that counts less where it is nearly right (gamma 2).",
            activation="sigmoid",
            keras="probabilistic_losses/#binaryfocalcrossentropy-class",
        ),
        Loss(
            "categorical_focal_crossentropy",
            "classes",
            "Cross-entropy of one class among several that counts less where it is nearly "
            "right (gamma 2, alpha 0.25).",
            activation="softmax",
            keras="probabilistic_losses/#categoricalfocalcrossentropy-class",
        ),
    )
}

_ALIASES = {alias: loss.name for loss in LOSSES.values() for alias in loss.aliases}


def find(name: str) -> Loss | None:
    """The loss of a name or an alias, or None."""
    return LOSSES.get(_ALIASES.get(name, name))


def names() -> list[str]:
    """All names that `find` knows, aliases last."""
    return [*LOSSES, *_ALIASES]
