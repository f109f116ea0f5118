"""Attention: every step of a sequence looks at the steps of another one, or of its own."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from modelspec.layers.base import Layer, check_rank, known_size
from modelspec.layers.fields import Rate
from modelspec.layers.kept import FLOAT, Kept
from modelspec.layers.values import Arity, Example, LayerError, Tensor, Value, Weight
from modelspec.shapes import Dim, Shape, same, text


class _Attends(Layer):
    """What the layers have in common that take a query, a value and a key."""

    arity = Arity(1, 3)
    operand_names = ("query", "value", "key")
    masks = "uses and passes"
    input_ports: ClassVar[tuple[str, ...]] = ("query", "value", "key")
    operand_order_matters = True

    dropout: Rate = 0.0
    """In training, the share of the attention's weights that is dropped."""
    use_causal_mask: bool = False
    """Whether a step sees only steps up to its own, as a model that predicts the next one must."""

    def output_ports(self) -> tuple[str, ...]:
        return ("scores",)

    @staticmethod
    def operands(*shapes: Shape) -> tuple[Shape, Shape, Shape]:
        """The query, the value and the key: what is not given is what stands before it."""
        query, value = shapes[0], shapes[1] if len(shapes) > 1 else shapes[0]
        return query, value, shapes[2] if len(shapes) > 2 else value

    def agreements(self, *shapes: Shape) -> Iterable[tuple[Dim, Dim]]:
        _, value, key = self.operands(*shapes)
        return zip(value[:-1], key[:-1], strict=False)


class _Scored(_Attends):
    """Attention without kernels: the score of two steps is computed from them as they are."""

    halved = True

    def agreements(self, *shapes: Shape) -> Iterable[tuple[Dim, Dim]]:
        query, _, key = self.operands(*shapes)
        yield from super().agreements(*shapes)
        if not self._fits(1, 2):  # in that mode a size of 1 gives way
            yield from zip(query[-1:], key[-1:], strict=False)

    def output_shape(self, *shapes: Shape) -> Shape:
        query, value, key = self.operands(*shapes)
        for shape in (query, value, key):
            check_rank(shape, "steps, features")
        check_steps(value, key)
        if not self._fits(query[-1], key[-1]):
            raise LayerError(
                "MS501",
                f"compares a query of `{text(query)}` with a key of `{text(key)}`",
                "give both the same features, with a `Dense` before one of them",
            )
        return (query[0], value[-1])

    def ports(self, *shapes: Shape) -> dict[str, Value]:
        query, value, _ = self.operands(*shapes)
        return {"scores": Tensor((query[0], value[0]))}

    def flops(self, *shapes: Shape) -> Dim:
        query, value, key = self.operands(*shapes)
        return query[0] * value[0] * (self._score_flops(key[-1]) + 2 * value[-1])

    def _fits(self, query: Dim, key: Dim) -> bool:
        return same(query, key) is not False

    def _score_flops(self, features: Dim) -> Dim:
        return 3 * features

    def kept(self, *shapes: Shape) -> Kept:
        """The scores, twice more where some are dropped; of sums, the sum of each two steps."""
        query, value, key = self.operands(*shapes)
        scores = query[0] * value[0]
        compared = scores * key[-1] if self._sums() else query[0] * query[-1] + key[0] * key[-1]
        more = scores * (3 if self.dropout else 1) + compared
        return Kept(operands=True, more=FLOAT * more)

    def _sums(self) -> bool:
        """Whether the score is a sum of `tanh(query + key)`."""
        return True


CALLS = (((5, 4),), ((5, 4), (6, 4)), ((5, 4), (6, 3), (6, 4)))
"""A sequence of its own; a query and a value; a query, a value and a key."""


class Attention(_Scored):
    """Each step of a query takes the mean of a value's steps, weighted by likeness to their keys.

    Inputs: a query `[steps, features]`, a value `[other steps, any]` (the query by default) and
    a key `[other steps, features]` (the value by default), in this order or by their ports.
    Output: `[steps, any]`: `softmax(query @ key) @ value`. There is no division by the root of
    the number of features.
    Output port: `.scores`, `[steps, other steps]`, the weights themselves, before dropout. Reading
    it costs their computation a second time.
    Weights: `scale []` with `use_scale`, `concat_score_weight []` with `score_mode: concat`.

    Example:
        ```yaml
        layers: {attend: Attention}
        edges: ["question, text -> attend"]
        ```
    """

    keras = "attention_layers/attention/"
    examples: ClassVar = (
        *(Example({}, shapes) for shapes in CALLS),
        Example({"use_scale": True}, CALLS[1]),
        Example({"score_mode": "concat"}, CALLS[2]),
        Example({"score_mode": "concat", "use_scale": True}, CALLS[1]),
        Example({"use_causal_mask": True}, CALLS[0]),
        Example({"use_causal_mask": True, "score_mode": "concat"}, CALLS[1]),
        Example({"dropout": 0.25}, CALLS[1]),
    )

    use_scale: bool = False
    """Whether the scores are multiplied with a trained number, which starts as 1."""
    score_mode: Literal["dot", "concat"] = "dot"
    """What the score is: the dot product, or the sum of `tanh(query + key)`."""

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        scale = (Weight("scale", ()),) if self.use_scale else ()
        return (*scale, Weight("concat_score_weight", ())) if self.score_mode == "concat" else scale

    def _fits(self, query: Dim, key: Dim) -> bool:
        one = self.score_mode == "concat" and 1 in (query, key)
        return one or super()._fits(query, key)

    def _score_flops(self, features: Dim) -> Dim:
        return (2 if self.score_mode == "dot" else 3) * features

    def _sums(self) -> bool:
        return self.score_mode == "concat"


class AdditiveAttention(_Scored):
    """Attention whose score is a trained sum of `tanh(query + key)` (Bahdanau).

    Inputs: a query `[steps, features]`, a value `[other steps, any]` (the query by default) and
    a key `[other steps, features]` (the value by default), in this order or by their ports.
    Output: `[steps, any]`.
    Output port: `.scores`, `[steps, other steps]`, the weights of the mean, before dropout. Reading
    it costs their computation a second time.
    Weights: `scale [features]`.

    Example:
        ```yaml
        layers: {attend: AdditiveAttention}
        edges: ["question, text -> attend"]
        ```
    """

    keras = "attention_layers/additive_attention/"
    examples: ClassVar = (
        *(Example({}, shapes) for shapes in CALLS),
        Example({"use_scale": False, "use_causal_mask": True}, CALLS[1]),
        Example({"dropout": 0.25}, CALLS[1]),
    )

    use_scale: bool = True
    """Whether each feature's part of the score is multiplied with a trained number."""

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        features = known_size(shapes[0][-1], "features")
        return (Weight("scale", (features,)),) if self.use_scale else ()


def check_steps(value: Shape, key: Shape) -> None:
    """Refuse a key and a value of different steps.

    Raises:
        LayerError: MS501.
    """
    if any(same(left, right) is False for left, right in zip(value[:-1], key[:-1], strict=True)):
        raise LayerError(
            "MS501",
            f"has a value of `{text(value)}` for a key of `{text(key)}`",
            "every key stands for one value: give both the same steps",
        )
