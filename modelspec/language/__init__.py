"""What a spec file says, resolved: params substituted, blocks and files expanded."""

from modelspec.language.model import (
    Declared,
    Edge,
    Endpoint,
    Input,
    Model,
    Output,
    Repeat,
    Spec,
    Use,
    What,
)
from modelspec.language.reader import read


def render(spec: Spec) -> str:
    """The spec as YAML, params substituted, overrides applied and files written in.

    Args:
        spec: A spec that was read without an error.

    Raises:
        ValueError: The spec has errors.
    """
    from modelspec.language.render_spec import render_spec

    return render_spec(spec)


__all__ = [
    "Declared",
    "Edge",
    "Endpoint",
    "Input",
    "Model",
    "Output",
    "Repeat",
    "Spec",
    "Use",
    "What",
    "read",
    "render",
]
