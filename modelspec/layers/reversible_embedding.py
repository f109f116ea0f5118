"""ReversibleEmbedding: vectors of indices, and scores of indices for vectors, by one matrix."""

from typing import Annotated, ClassVar

from pydantic import Field

from modelspec.layers.base import Layer, known_size
from modelspec.layers.constraints import Constraint
from modelspec.layers.fields import PositiveInt
from modelspec.layers.initializers import MatrixInitializer
from modelspec.layers.kept import OPERANDS
from modelspec.layers.regularizers import MatrixRegularizer
from modelspec.layers.values import (
    COMPUTED,
    FLOATS,
    UNKNOWN_DTYPE,
    Example,
    Inference,
    LayerError,
    Operands,
    Tensor,
    Weight,
)
from modelspec.shapes import Dim, Shape, product


class ReversibleEmbedding(Layer):
    """An Embedding that also reads backwards: from vectors to a score for every index.

    Input: any shape of integers from 0 to `input_dim - 1`, or `[..., output_dim]` of floats.
    Output: `[..., output_dim]` of integers, `[..., input_dim]` of floats, without a bias.
    Weights: `embeddings [input_dim, output_dim]`.

    Shared by two calls it is both ends of a language model. An `Embedding` and a `Dense` without
    a bias are what Keras has with `tie_weights=False`.

    Example:
        ```yaml
        shared:
          tokens: {type: ReversibleEmbedding, input_dim: 1000, output_dim: 32}
        layers:
          embed: {use: tokens}
          read: {type: LSTM, units: 32, return_sequences: true}
          scores: {use: tokens}
        edges: [words -> embed -> read -> scores]
        ```
    """

    keras = "core_layers/reversible_embedding/"
    keeps = OPERANDS
    accepts = "any"
    examples: ClassVar = (
        Example({"input_dim": 7, "output_dim": 4}, ((6,),), "int64"),
        Example({"input_dim": 7, "output_dim": 4}, ((6, 4),)),
        Example({"input_dim": 7, "output_dim": 4}, ((4,),)),
        Example({"input_dim": 7, "output_dim": 4, "logit_soft_cap": 0.5}, ((6, 4),)),
    )

    input_dim: PositiveInt
    """The number of indices: the largest index + 1."""
    output_dim: PositiveInt
    """The length of a vector."""
    embeddings_initializer: MatrixInitializer = "uniform"
    """What the vectors start as: `uniform` is between -0.05 and 0.05."""
    embeddings_regularizer: MatrixRegularizer = None
    """What is added to the loss for the vectors."""
    embeddings_constraint: Constraint = None
    """What the vectors are held to after every update."""
    logit_soft_cap: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """What scores are bent to stay below: `tanh(score / cap) * cap`; not at all by default."""

    def infer(self, operands: Operands) -> Inference:
        (tensor,) = self._tensors(operands)
        if tensor.dtype == UNKNOWN_DTYPE:
            return self.unknown()
        if tensor.shape is None or tensor.dtype not in FLOATS:
            return super().infer(operands)
        if not tensor.shape or known_size(tensor.shape[-1], "numbers") != self.output_dim:
            raise LayerError(
                "MS501",
                f"scores vectors of {self.output_dim} numbers, gets {_described(tensor.shape)}",
                "the last axis is `output_dim`; indices are integers",
            )
        shape: Shape = (*tensor.shape[:-1], self.input_dim)
        flops: Dim = product(shape) * self.output_dim * 2
        weights = super().infer(operands).weights
        return Inference({"": Tensor(shape, COMPUTED)}, weights, flops)

    def output_shape(self, *shapes: Shape) -> Shape:
        return (*shapes[0], self.output_dim)

    def output_dtype(self, *dtypes: str) -> str:
        if dtypes[0] == "bool":
            raise LayerError("MS506", "takes integers or floating point numbers, gets bool")
        return dtypes[0] if dtypes[0] in FLOATS else COMPUTED

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        return (Weight("embeddings", (self.input_dim, self.output_dim)),)


def _described(shape: Shape) -> str:
    return f"vectors of {shape[-1]}" if shape else "single numbers"
