"""What is wrong with a plugin: with its package, or with what it declares."""

from __future__ import annotations


class PluginError(LookupError):
    """A plugin is not installed, or cannot be used as it is.

    Args:
        message: What is wrong, in one line.
        help: The way out.
    """

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def misfit(found: type, base: type, required: tuple[str, ...] = ()) -> tuple[str, str] | None:
    """What keeps a class from being used as its base is.

    Args:
        found: A subclass.
        base: Whose methods are called.
        required: The methods that it must have of its own.

    Returns:
        What is wrong and the way out, or None.
    """
    from inspect import isfunction

    for name in required:
        if getattr(found, name) is getattr(base, name):
            return f"has no `{name}`", f"add `{_written(base, name)}`"
    for name, method in vars(base).items():
        own = getattr(found, name)
        if isfunction(method) and isfunction(own) and own is not method and not _takes(own, method):
            return (
                f"has `{_written(found, name)}`, which cannot be called as it is",
                f"write `{_written(base, name)}`",
            )
    return None


def _takes(own: object, method: object) -> bool:
    """Whether a method can be called with what another one takes."""
    from inspect import Parameter, signature

    parameters = signature(method).parameters.values()  # type: ignore[arg-type]
    positional: list[None] = []
    named: dict[str, None] = {}
    for parameter in parameters:
        if parameter.kind is Parameter.KEYWORD_ONLY:
            named[parameter.name] = None
        elif parameter.kind is not Parameter.VAR_KEYWORD and parameter.default is Parameter.empty:
            positional.append(None)
    try:
        signature(own).bind(*positional, **named)  # type: ignore[arg-type]
    except TypeError:
        return False
    return True


def _written(cls: type, name: str) -> str:
    """A method's head, without types: `def values(self, prediction, target)`."""
    from inspect import Parameter, signature

    head = signature(getattr(cls, name))
    plain = [each.replace(annotation=Parameter.empty) for each in head.parameters.values()]
    arguments = head.replace(parameters=plain, return_annotation=Parameter.empty)
    return f"def {name}{arguments}"
