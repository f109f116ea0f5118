"""How polars says that it cannot read a file. Imported only where polars is."""

from polars.exceptions import PanicException, PolarsError

READ_ERRORS = (PolarsError, PanicException, OSError)
"""A panic is a bug of polars's, but what brings it out is a damaged file."""


def cause(error: BaseException) -> str:
    """Why, in a few words."""
    if isinstance(error, PanicException):
        return "it is damaged"
    return str(error).partition("\n")[0]
