"""What weights are held to after every update.

Numbers are Keras's; `modelspec.torch.constraints` applies them.

In a layer: one annotated field a weight, `WEIGHT_constraint`:

    kernel_constraint: Constraint = None
    bias_constraint: Constraint = None

Nothing else is needed in a layer or its twin, as of regularizers. Where a weight's options are
not called by its name (`recurrent_kernel`, `recurrent_constraint`), see `Layer.option_names`.
"""

from typing import Annotated, TypeAlias

from modelspec.layers.choices import Choice, Option, Options

CONSTRAINTS = Options(
    "constraints",
    {
        "max_norm": "MaxNorm",
        "min_max_norm": "MinMaxNorm",
        "non_neg": "NonNeg",
        "unit_norm": "UnitNorm",
    },
)
"""What any weight may be held to."""

Constraint: TypeAlias = Annotated[Option | None, Choice(CONSTRAINTS, optional=True)]
