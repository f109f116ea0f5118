"""Functions that a recorded graph calls as they are: one node each."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from torch.overrides import handle_torch_function, has_torch_function

P = ParamSpec("P")
R = TypeVar("R")


def one_node(function: Callable[P, R]) -> Callable[P, R]:
    """The function, which among proxies is recorded, not run."""

    @wraps(function)
    def recorded(*args: P.args, **kwargs: P.kwargs) -> R:
        if has_torch_function(args):
            found: Any = handle_torch_function(recorded, args, *args, **kwargs)
            return found  # type: ignore[no-any-return]
        return function(*args, **kwargs)

    return recorded
