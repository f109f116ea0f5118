"""What ends an export."""


class ExportError(Exception):
    """A model cannot be exported so. The message says why.

    Attributes:
        help: The way out; empty where there is none.
    """

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


class NoTargetError(ExportError):
    """There is no such format, or nothing can be written there."""


class SmallSizesError(ExportError):
    """A model cannot be exported for all sizes that it takes; for larger ones it may be."""


def first_line(error: Exception) -> str:
    """The first line of what an error says."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
