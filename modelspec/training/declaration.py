"""What all that training is made of has in common: arguments, and a name in a spec."""

import re
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from pydantic import BaseModel

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, Any]

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where a word of a class name begins; capitals in a row are one word."""


class Declaration(BaseModel):
    """The base of losses, metrics, optimizers, schedules and callbacks.

    A subclass is a frozen pydantic model whose fields are its arguments, each with a string under
    it that says what it is; its docstring is what `modelspec explain` prints.
    """

    type_name: ClassVar[str] = ""
    """What a spec calls it. A class that does not say so is called by its own name in snake case:
    `CSVLogger` is `csv_logger`, `ReduceLROnPlateau` is `reduce_lr_on_plateau`."""
    keras: ClassVar[str] = ""
    """The path of its page at `keras.io`, in the folder of its kind."""
    source: ClassVar[str] = ""
    """Where its formula is from, the URL of a paper, if it is not Keras's."""
    examples: ClassVar[tuple[dict[str, object], ...]] = ()
    """Arguments with which the tests hold a loss or a metric against its `reference`."""
    twin: ClassVar[str] = ""
    """`package.module:name` of what computes it on torch, for one from a plugin. The twin of one
    of modelspec's own has its name, in the module of the same name."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        if "type_name" not in cls.__dict__:
            cls.type_name = snake_case(cls.__name__)


def snake_case(name: str) -> str:
    """A class name's words, in lower case: `gpu_stats` of `GPUStats`."""
    return _WORD.sub("_", name).lower()
