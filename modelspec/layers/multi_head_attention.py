"""MultiHeadAttention, GroupedQueryAttention: attention between projections, in several heads."""

from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from modelspec.layers.attention import CALLS, _Attends, check_steps
from modelspec.layers.axes import resolve
from modelspec.layers.base import check_rank, known_size
from modelspec.layers.constraints import Constraint
from modelspec.layers.fields import Axes, Dims, PositiveInt
from modelspec.layers.initializers import Initializer, VectorInitializer
from modelspec.layers.kept import FLOAT, Kept
from modelspec.layers.regularizers import Regularizer
from modelspec.layers.values import Example, LayerError, MaskUse, Operands, Tensor, Value, Weight
from modelspec.shapes import UNKNOWN, Dim, Shape, broadcast, product, same, text


class _Headed(_Attends):
    """Attention between projections of its operands, in several heads at once."""

    input_ports = ("query", "value", "key", "attention_mask")

    use_bias: bool = True
    """Whether trained biases are added to the projections."""
    sliding_window: PositiveInt | None = None
    """How near a step must be to be seen: less than this number of steps; no bound by default."""
    use_masks: bool = True
    """Whether steps that masks leave out are not seen. Not an argument of Keras."""
    use_gate: bool = False
    """Whether a trained gate of the query, between 0 and 1, multiplies what the heads give."""
    kernel_initializer: Initializer = "glorot_uniform"
    """What the projections' kernels start as."""
    bias_initializer: VectorInitializer = "zeros"
    """What the projections' biases start as."""
    kernel_regularizer: Regularizer = None
    """What each projection's kernel costs; nothing by default."""
    bias_regularizer: Regularizer = None
    """What each projection's bias costs."""
    kernel_constraint: Constraint = None
    """What each projection's kernel is held to after every update; nothing by default."""
    bias_constraint: Constraint = None
    """What each projection's bias is held to."""

    def mask_use(self) -> MaskUse:
        return self.masks if self.use_masks else "passes"

    def option(self, weight: str, kind: str) -> object:
        return getattr(self, f"{weight.rpartition('_')[2]}_{kind}", None)

    @property
    def heads(self) -> tuple[int, int]:
        """How many heads the query has, and how many the key and the value have."""
        raise NotImplementedError

    @property
    def sizes(self) -> tuple[int, int]:
        """The length of a head of the key, and of the value."""
        raise NotImplementedError

    def axes(self, shape: Shape) -> tuple[int, ...]:
        """The axes, as indices into a shape, along which steps see each other."""
        return tuple(range(len(shape) - 1))

    def result(self, query: Shape) -> tuple[int, ...]:
        """What takes the place of the query's features in the output."""
        return (known_size(query[-1], "features"),)

    def output_shape(self, *shapes: Shape) -> Shape:
        query, value, key = self.operands(*shapes)
        self._check_ranks(query, value, key)
        check_steps(value, key)
        axes = self.axes(query)
        for axis, (left, right) in enumerate(zip(query[:-1], value[:-1], strict=True)):
            if axis not in axes and same(left, right) is False:
                raise LayerError(
                    "MS501",
                    f"attends within each of {left} at axis {axis + 1} of the query, and of"
                    f" {right} of the value",
                    "only the `attention_axes` may differ in size",
                )
        if len(axes) > 1 and (self.use_causal_mask or self.sliding_window):
            raise LayerError(
                "MS503",
                f"has an order of steps (`use_causal_mask`, `sliding_window`) along one axis, not"
                f" along {len(axes)} axes of `{text(query)}`",
                "`Reshape` the input to `[steps, features]`, or name one of `attention_axes`",
            )
        return (*query[:-1], *self.result(query))

    def agreements(self, *shapes: Shape) -> Iterable[tuple[Dim, Dim]]:
        query, value, _ = self.operands(*shapes)
        axes = self.axes(query)
        for axis, sizes in enumerate(zip(query[:-1], value[:-1], strict=True)):
            if axis not in axes:
                yield sizes
        yield from super().agreements(*shapes)

    def ports(self, *shapes: Shape) -> dict[str, Value]:
        query, value, _ = self.operands(*shapes)
        axes = self.axes(query)
        kept = [size for axis, size in enumerate(query[:-1]) if axis not in axes]
        seen = [shape[axis] for shape in (query, value) for axis in axes]
        return {"scores": Tensor((*kept, self.heads[0], *seen))}

    def check_ports(self, operands: Operands, *shapes: Shape) -> None:
        query, value, _ = self.operands(*shapes)
        axes = self.axes(query)
        for mask in operands.get("attention_mask", ()):
            if isinstance(mask, Tensor) and mask.shape is None:
                continue
            shape = mask.shape if isinstance(mask, Tensor) else ()
            wanted: Shape = (query[axes[0]], value[axes[0]])
            if shape is not None and len(shape) == 3:
                wanted = (self.heads[0], *wanted)
            if len(axes) > 1 or len(shape or ()) != len(wanted) or not _covers(shape, wanted):
                raise LayerError(
                    "MS501",
                    f"needs `{text(wanted)}` at `.attention_mask`, gets `{text(shape or ())}`",
                    "a mask says of each step of the query which steps of the value it may see;"
                    " `[heads, steps, other steps]` says so of each head",
                )

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        query, value, key = self.operands(*shapes)
        result = self.result(query)
        (heads, others), (key_size, value_size) = self.heads, self.sizes
        parts = [("query", query, (heads, key_size)), ("key", key, (others, key_size))]
        if self.use_gate:
            parts.append(("gate", query, (heads, value_size)))
        parts.append(("value", value, (others, value_size)))
        found: list[Weight] = []
        for name, shape, inner in parts:
            features = known_size(shape[-1], f"features of the {name}")
            found += self._dense(name, (features, *inner), inner)
        return (*found, *self._dense("attention_output", (heads, value_size, *result), result))

    def flops(self, *shapes: Shape) -> Dim:
        query, value, key = self.operands(*shapes)
        axes = self.axes(query)
        (heads, others), (key_size, value_size) = self.heads, self.sizes
        steps, seen = product(query[:-1]), product(tuple(value[axis] for axis in axes))
        scored = 2 * steps * seen * heads * (key_size + value_size)
        gates = heads * value_size * (1 + self.use_gate)
        own = steps * 2 * (query[-1] * (heads * key_size) + product(self.result(query)) * gates)
        if self.use_gate:
            own = own + steps * 2 * (query[-1] - product(self.result(query))) * heads * value_size
        other = product(value[:-1]) * 2 * others * (key[-1] * key_size + value[-1] * value_size)
        return scored + own + other

    def _dense(
        self, name: str, kernel: tuple[int, ...], bias: tuple[int, ...]
    ) -> tuple[Weight, ...]:
        found = Weight(f"{name}_kernel", kernel)
        return (found, Weight(f"{name}_bias", bias)) if self.use_bias else (found,)

    def _check_ranks(self, query: Shape, value: Shape, key: Shape) -> None:
        ranks = {len(query), len(value), len(key)}
        if len(query) < 2 or len(ranks) > 1:
            gets = f"a query of `{text(query)}`, a value of `{text(value)}`, a key of `{text(key)}`"
            raise LayerError(
                "MS503",
                f"needs `[steps, features]` of each, gets {gets}",
                "a recurrent layer gives a sequence with `return_sequences: true`",
            )

    def kept(self, *shapes: Shape) -> Kept:
        """What is projected, a sum of each row of scores; scores only where some are dropped."""
        query, value, _ = self.operands(*shapes)
        (heads, others), (key_size, value_size) = self.heads, self.sizes
        steps, seen = product(query[:-1]), product(value[:-1])
        projected = steps * heads * (key_size + value_size) + seen * others * (
            key_size + value_size
        )
        gated = steps * heads * value_size * 2 if self.use_gate else 0
        more = projected + steps * heads + gated
        scores: Dim = 0
        if self.dropout:  # torch computes them one by one then, and in float32
            scores = 3 * heads * steps * product(tuple(value[a] for a in self.axes(query)))
        return Kept(operands=True, more=FLOAT * more, wide=FLOAT * scores)


_HEADED = (
    Example({"use_bias": False}, CALLS[1]),
    Example({"dropout": 0.25}, CALLS[1]),
    Example({"use_causal_mask": True}, CALLS[0]),
    Example({"sliding_window": 2}, CALLS[0]),
    Example({"sliding_window": 2, "use_causal_mask": True}, CALLS[1]),
    Example({"use_gate": True}, CALLS[1]),
    Example({"kernel_initializer": "he_normal", "bias_initializer": "ones"}, CALLS[0]),
)


def _examples(**arguments: object) -> tuple[Example, ...]:
    plain = tuple(Example(arguments, shapes) for shapes in CALLS)
    return plain + tuple(Example({**arguments, **e.arguments}, e.shapes) for e in _HEADED)


class MultiHeadAttention(_Headed):
    """Attention in several heads, each between its own projections: the heart of a transformer.

    Inputs: a query `[steps, features]`, a value `[other steps, any]` (the query by default:
    attention of a sequence to itself) and a key `[other steps, any]` (the value by default), in
    this order, which is Keras's, or by their ports.
    Input port: `.attention_mask`, `[steps, other steps]`, also one a head, true where a step may
    see another one.
    Output: `[steps, features]`, or `[steps, ...]` with `output_shape`.
    Output port: `.scores`, `[heads, steps, other steps]`, how much each step takes of each other
    one, before dropout. Reading it costs their computation a second time.
    Weights: a kernel and a bias for each of `query [features, num_heads, key_dim]`, `key`,
    `value [any, num_heads, value_dim]` and `attention_output [num_heads, value_dim, features]`.

    A step that a mask leaves out sees nothing and is not seen; the output has the query's mask.
    What else reads the operands finds their masks as they were. Keras's layer takes them off its
    operands, so that in a stack of encoders only the first one knows of the padding.

    Between images `[height, width, channels]`, every pixel sees every other one; `attention_axes`
    keeps it to its row or column.

    Example:
        ```yaml
        layers: {attend: {type: MultiHeadAttention, num_heads: 8, key_dim: 64}}
        edges: ["words -> attend"]
        ```
    """

    model_config = ConfigDict(serialize_by_alias=True)

    keras = "attention_layers/multi_head_attention/"
    examples: ClassVar = (
        *_examples(num_heads=2, key_dim=3),
        Example({"num_heads": 3, "key_dim": 2, "value_dim": 5}, CALLS[2]),
        Example({"num_heads": 2, "key_dim": 2, "output_shape": 3}, CALLS[1]),
        Example({"num_heads": 2, "key_dim": 2, "output_shape": (3, 2)}, CALLS[0]),
        Example({"num_heads": 2, "key_dim": 3}, ((2, 3, 4),)),
        Example({"num_heads": 2, "key_dim": 3, "attention_axes": 2}, ((2, 3, 4), (2, 5, 4))),
        Example({"num_heads": 2, "key_dim": 3, "attention_axes": (1, 3)}, ((2, 3, 2, 4),)),
    )

    num_heads: PositiveInt
    """The number of heads."""
    key_dim: PositiveInt
    """The length of a query and a key, of each head."""
    value_dim: PositiveInt | None = None
    """The length of a value, of each head; `key_dim` by default."""
    output_shape_: Annotated[Dims | PositiveInt | None, Field(alias="output_shape")] = None
    """What the query's features become; their own number by default."""
    attention_axes: Axes | None = None
    """The axes of steps that see each other; all but the last by default. The batch axis is 0."""

    @property
    def heads(self) -> tuple[int, int]:
        return self.num_heads, self.num_heads

    @property
    def sizes(self) -> tuple[int, int]:
        return self.key_dim, self.value_dim or self.key_dim

    def axes(self, shape: Shape) -> tuple[int, ...]:
        if self.attention_axes is None:
            return super().axes(shape)
        found = tuple(resolve(axis, shape, "attention_axes") for axis in self.attention_axes)
        if len(shape) - 1 in found:
            raise LayerError(
                "MS509",
                f"has `attention_axes` {list(self.attention_axes)}, which name the features of"
                f" `{text(shape)}`",
                "name axes of steps; the batch axis counts as 0",
                "attention_axes",
            )
        return tuple(dict.fromkeys(found))

    def result(self, query: Shape) -> tuple[int, ...]:
        if self.output_shape_ is None:
            return super().result(query)
        return (self.output_shape_,) if isinstance(self.output_shape_, int) else self.output_shape_


class GroupedQueryAttention(_Headed):
    """Attention in several heads, groups of which share a key and a value.

    Inputs: a query `[steps, features]`, a value `[other steps, any]` (the query by default) and
    a key `[other steps, any]` (the value by default), in this order or by their ports.
    Input port: `.attention_mask`, `[steps, other steps]`, also one a head, true where a step may
    see another one.
    Output: `[steps, features]`.
    Output port: `.scores`, `[heads, steps, other steps]`, how much each step takes of each other
    one, before dropout. Reading it costs their computation a second time.
    Weights: a kernel and a bias for each of `query [features, num_query_heads, head_dim]`, `key`
    and `value [any, num_key_value_heads, head_dim]` and `attention_output`.

    Keras calls it `GroupQueryAttention`.

    Example:
        ```yaml
        layers:
          attend:
            {type: GroupedQueryAttention, head_dim: 64, num_query_heads: 8, num_key_value_heads: 2}
        edges: ["words -> attend"]
        ```
    """

    keras = "attention_layers/group_query_attention/"
    examples: ClassVar = (
        *_examples(head_dim=3, num_query_heads=4, num_key_value_heads=2),
        Example({"head_dim": 2, "num_query_heads": 3, "num_key_value_heads": 1}, CALLS[1]),
    )

    head_dim: PositiveInt
    """The length of a query, a key and a value, of each head."""
    num_query_heads: PositiveInt
    """The number of heads."""
    num_key_value_heads: PositiveInt
    """The number of keys and values, each for as many heads: it divides `num_query_heads`."""

    @property
    def heads(self) -> tuple[int, int]:
        return self.num_query_heads, self.num_key_value_heads

    @property
    def sizes(self) -> tuple[int, int]:
        return self.head_dim, self.head_dim

    def output_shape(self, *shapes: Shape) -> Shape:
        if self.num_query_heads % self.num_key_value_heads:
            raise LayerError(
                "MS504",
                f"has {self.num_query_heads} heads for {self.num_key_value_heads} keys and values,"
                " which do not divide them",
                "choose a `num_key_value_heads` that divides `num_query_heads`",
                "num_key_value_heads",
            )
        return super().output_shape(*shapes)

    def _check_ranks(self, query: Shape, value: Shape, key: Shape) -> None:
        for shape in (query, value, key):
            check_rank(shape, "steps, features")


def _covers(shape: Shape | None, wanted: Shape) -> bool:
    """Whether a mask, sizes of 1 repeated, says something of all that it should."""
    if shape is None or UNKNOWN in (*shape, *wanted):
        return True
    return broadcast((shape, wanted)) == wanted
