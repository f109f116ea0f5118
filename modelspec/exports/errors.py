"""What ends an export."""


class ExportError(Exception):
    """A model cannot be exported so. The message says why.

    Attributes:
        help: The way out; empty where there is none.
    """

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


def first_line(error: Exception) -> str:
    """The first line of what an error says."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
