"""The table of commands: what `modelspec --help` lists. No command is imported to be listed.

A command is a module with a function `run` (its docstring is the help, its parameters are the
options) and `EXAMPLES`, the command lines that end its help.
"""

from typing import NamedTuple


class Command(NamedTuple):
    """One row: a command, the line that `--help` says of it, and the module that holds it."""

    name: str
    help: str
    module: str


COMMANDS = (
    Command("lint", "Check specs: what is wrong, where, and how to mend it.", "modelspec.cli.lint"),
    Command("plot", "Draw a spec as SVG, PNG, PDF, DOT, Mermaid or HTML.", "modelspec.cli.plot"),
    Command("diff", "Say what two specs differ in, and draw it.", "modelspec.cli.diff"),
    Command("summary", "List the layers with shapes and parameters.", "modelspec.cli.summary"),
    Command("import", "Make a spec of a saved Keras model.", "modelspec.cli.import_"),
    Command("init", "Write a first spec for a table.", "modelspec.cli.init"),
    Command("data", "Show what the data of a spec looks like.", "modelspec.cli.data"),
    Command("render", "Print the spec resolved, or the code it becomes.", "modelspec.cli.render"),
    Command("train", "Train a spec on its data.", "modelspec.cli.train"),
    Command("tune", "Search for the best values of a spec.", "modelspec.cli.tune"),
    Command("eval", "Measure a trained run on data.", "modelspec.cli.eval"),
    Command("predict", "Predict from data with a trained run.", "modelspec.cli.predict"),
    Command("ensemble", "Make one run of several trained ones.", "modelspec.cli.ensemble"),
    Command("export", "Export a model: torch.export, ONNX.", "modelspec.cli.export"),
    Command("serve", "Answer requests over HTTP with a trained run.", "modelspec.cli.serve"),
    Command("runs", "List runs, compare two, write a report anew.", "modelspec.cli.runs"),
    Command("explain", "Explain a concept, a finding, a layer, a loss.", "modelspec.cli.explain"),
    Command("layers", "List the layer types by family.", "modelspec.cli.layers"),
    Command("lsp", "Serve an editor: findings, shapes, completion.", "modelspec.cli.lsp"),
    Command("schema", "Write the JSON Schema that editors complete by.", "modelspec.cli.schema"),
    Command(
        "version", "Say the versions of modelspec and what it runs on.", "modelspec.cli.version"
    ),
)

BY_NAME = {command.name: command for command in COMMANDS}
