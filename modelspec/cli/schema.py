"""`modelspec schema`."""

from typing import Annotated

import typer

from modelspec.cli.options import Plugins
from modelspec.cli.output import write_whole
from modelspec.cli.say import say
from modelspec.schema import schema_text

EXAMPLES = (
    "modelspec schema -o modelspec.schema.json",
    "modelspec schema | jq '.\"$defs\".Conv2D'",
)


def run(
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Where to write; `-` prints it.")
    ] = "-",
    _plugins: Plugins = None,
) -> None:
    """Write the JSON Schema of the language, for completion and hover in an editor.

    The first line of a spec tells the editor where it lies:
    `# yaml-language-server: $schema=./modelspec.schema.json`
    """
    write_whole(output, schema_text().encode())
    if output != "-":
        say(f"wrote {output}")
