"""What every contender trains: ten models of Keras's tutorials, as data. Imports no framework.

`specs/` has the same networks for modelspec, `torch_modules.py` and `keras_models.py` by hand, with
the same names of layers.
"""

from dataclasses import dataclass

import numpy as np

PREDICT_BATCH = 256
CCE, BCE, MSE = "categorical_crossentropy", "binary_crossentropy", "mse"


@dataclass(frozen=True)
class Input:
    """One input: its shape without the batch axis, and what fills it.

    Attributes:
        kind: `float`, `token` or `onehot`.
        size: Of the vocabulary; how many classes.
    """

    shape: tuple[int, ...]
    kind: str = "float"
    size: int = 0

    def sample(self, draw: np.random.Generator, count: int) -> np.ndarray:
        """Random values, [count, *shape]; one-hot ones have another axis for the classes."""
        shape = (count, *self.shape)
        if self.kind == "token":
            return draw.integers(1, self.size, shape, dtype=np.int32)
        if self.kind == "onehot":
            return np.eye(self.size, dtype=np.float32)[draw.integers(0, self.size, shape)]
        return draw.standard_normal(shape, dtype=np.float32)


@dataclass(frozen=True)
class Output:
    """One output: its loss, its width, the steps before it of a sequence, its weight."""

    loss: str
    size: int = 1
    steps: tuple[int, ...] = ()
    weight: float = 1.0

    def sample(self, draw: np.random.Generator, count: int) -> np.ndarray:
        """Random targets, [count, *steps, size]."""
        shape = (count, *self.steps)
        if self.loss == CCE:
            return np.eye(self.size, dtype=np.float32)[draw.integers(0, self.size, shape)]
        if self.loss == BCE:
            return draw.integers(0, 2, (*shape, 1)).astype(np.float32)
        return draw.standard_normal((*shape, 1), dtype=np.float32)


@dataclass(frozen=True)
class Workload:
    """A model, its rows and its training; `images`: inputs are (height, width, channels)."""

    samples: int
    batch: int
    optimizer: str
    inputs: dict[str, Input]
    outputs: dict[str, Output]
    images: bool = False

    @property
    def learning_rate(self) -> float:
        """As in the tutorials: 1.0 for Adadelta."""
        return 1.0 if self.optimizer == "adadelta" else 1e-3

    def data(self) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Inputs and targets by name, the same at every call."""
        draw = np.random.default_rng(0)
        inputs = {name: each.sample(draw, self.samples) for name, each in self.inputs.items()}
        targets = {name: each.sample(draw, self.samples) for name, each in self.outputs.items()}
        return inputs, targets


WORKLOADS = {
    "mlp": Workload(10_000, 128, "rmsprop", {"x": Input((64,))}, {"out": Output(CCE, 10)}),
    "qa": Workload(
        1_024,
        128,
        "rmsprop",
        {"text": Input((100,), "token", 10_000), "question": Input((100,), "token", 10_000)},
        {"answer": Output(CCE, 500)},
    ),
    "social": Workload(
        128,
        64,
        "rmsprop",
        {"posts": Input((500,), "token", 50_000)},
        {
            "age": Output(MSE, weight=0.25),
            "income": Output(CCE, 10),
            "gender": Output(BCE, weight=10.0),
        },
    ),
    "siamese": Workload(
        1_024,
        64,
        "rmsprop",
        {"a": Input((100, 128)), "b": Input((100, 128))},
        {"out": Output(BCE)},
    ),
    "mnist_cnn": Workload(
        640,
        128,
        "adadelta",
        {"x": Input((28, 28, 1))},
        {"out": Output(CCE, 10)},
        images=True,
    ),
    "inception": Workload(
        16, 16, "adam", {"x": Input((64, 64, 64))}, {"out": Output(CCE, 10)}, images=True
    ),
    "residual": Workload(
        64, 64, "adam", {"x": Input((32, 32, 3))}, {"out": Output(CCE, 10)}, images=True
    ),
    "imdb_conv1d": Workload(
        640, 128, "rmsprop", {"x": Input((500,), "token", 2_000)}, {"out": Output(BCE)}
    ),
    "seq2seq": Workload(
        256,
        64,
        "rmsprop",
        {"encoder": Input((20,), "onehot", 70), "decoder": Input((60,), "onehot", 90)},
        {"out": Output(CCE, 90, steps=(60,))},
    ),
    "wide_deep": Workload(20_000, 256, "adam", {"x": Input((30,))}, {"out": Output(BCE)}),
}
