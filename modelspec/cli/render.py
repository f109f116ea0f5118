"""`modelspec render`."""

from typing import Annotated

import typer

from modelspec.cli.findings import examine_clean
from modelspec.cli.options import IncludeDirs, Overrides, Plugins, SpecFile

EXAMPLES = (
    "modelspec render specs/residual.yaml --set params.depth=2",
    "modelspec render specs/qa.yaml --code",
)


def run(
    spec: SpecFile,
    code: Annotated[
        bool,
        typer.Option("--code", help="Print the spec as one PyTorch file, which needs torch only."),
    ] = False,
    overrides: Overrides = None,
    plugins: Plugins = None,
    include_dirs: IncludeDirs = None,
) -> None:
    """Print the resolved spec: params filled in, blocks and files expanded, overrides applied.

    What is printed is a spec itself, and means the same.
    """
    examined = examine_clean(spec, overrides=overrides, plugins=plugins, include_dirs=include_dirs)
    assert examined.spec is not None
    assert examined.graph is not None
    if code:
        from modelspec import torch

        text = torch.code(examined.graph)
    else:
        from modelspec.language import render

        text = render(examined.spec)
    print(text.rstrip("\n"))
