"""How the room says what it cannot read."""

from modelspec.diagnostics import Diagnostic, Span, SpecError


def finding(code: str, file: str, message: str, help: str = "") -> Diagnostic:
    """A finding on a Keras file, which has no lines to point at."""
    return Diagnostic(code, message, Span(file), help)


def unsupported(file: str, message: str, help: str = "") -> SpecError:
    """MS901: the file is not what it should be."""
    return SpecError([finding("MS901", file, message, help)])
