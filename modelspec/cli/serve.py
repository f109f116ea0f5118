"""`modelspec serve`."""

import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from modelspec.cli.exit_codes import INTERRUPTED
from modelspec.cli.model_options import (
    Device,
    Model,
    RunsDir,
    Threads,
    Threshold,
    Weights,
    devices_checked,
    model_of,
)
from modelspec.cli.options import Overrides, Plugins, refuse
from modelspec.cli.say import say

if TYPE_CHECKING:
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.serving.limits import Limits

HOST = "127.0.0.1"
EXAMPLES = (
    "modelspec serve digits",
    "modelspec serve runs/churn/latest --host 0.0.0.0 --port 80 --max-body 10MB",
    "modelspec serve specs/qa.yaml --weights qa.safetensors",
)


def run(
    context: typer.Context,
    model: Model,
    host: Annotated[
        str, typer.Option(metavar="NAME", help="The address to listen at: `0.0.0.0` is every one.")
    ] = HOST,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen at; 0 for any free one.")
    ] = 8000,
    max_batch: Annotated[
        int, typer.Option(min=1, help="The most rows of a request, and computed at once.")
    ] = 64,
    max_body: Annotated[
        str, typer.Option(metavar="SIZE", help="The largest body of a request: `1MB`, `500KB`.")
    ] = "1MB",
    output: Annotated[
        list[str] | None,
        typer.Option(metavar="NODE", help="Answer the values of a node too; repeatable."),
    ] = None,
    threshold: Threshold = None,
    dockerfile: Annotated[
        bool,
        typer.Option("--dockerfile", help="Print the Dockerfile of an image that does this, only."),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing, not even at which address.")
    ] = False,
    weights: Weights = "",
    device: Device = "auto",
    threads: Threads = None,
    runs_dir: RunsDir = "runs",
    overrides: Overrides = None,
    plugins: Plugins = None,
) -> None:
    """Answer requests over HTTP: rows as JSON to `POST /predict`, answered as by `predict`.

    `/` is a page where a person tries the model, `/docs` says what it takes. `/health`, `/ready`
    and `/metrics` are for whoever runs it. SIGTERM and Ctrl-C let it answer what it has accepted.
    """
    from modelspec.diagnostics.extras import require

    for package in ("starlette", "uvicorn", "httptools", "prometheus_client"):
        require(package, "`serve`")
    limits = _limits(max_batch, max_body)
    trained = model_of(model, weights, runs_dir, plugins, overrides)

    from modelspec.serving.application import application
    from modelspec.serving.server import AddressError, address_of, bind, serve

    try:
        app = application(
            trained,
            limits=limits,
            nodes=output or (),
            threshold=threshold,
            device=device,
            threads=threads,
        )
    except ValueError as error:
        refuse(f"{error}.", "--threshold")
    if dockerfile:
        _print_dockerfile(context, trained)
        return
    try:
        listener = bind(host, port)
    except AddressError as error:
        say(f"modelspec: {error}\n  help: choose another with `--port` or `--host`", error=True)
        raise typer.Exit(1) from error
    with listener, devices_checked():
        address = address_of(listener)
        whole = serve(app, listener, partial(_say_where, trained.graph.name, address, quiet))
    if not whole:
        raise typer.Exit(INTERRUPTED)


def _limits(max_batch: int, max_body: str) -> "Limits":
    from modelspec.language.byte_sizes import byte_count
    from modelspec.serving.limits import Limits

    try:
        return Limits.of(max_batch, byte_count(max_body))
    except ValueError as error:
        refuse(f"{error}.", "--max-body")


def _print_dockerfile(context: typer.Context, trained: "TrainedModel") -> None:
    """Print what makes an image that serves with the options that are given."""
    from modelspec.serving.dockerfile import DockerfileError, dockerfile

    if context.params["host"] not in (HOST, "0.0.0.0"):
        refuse("a container listens at every address: `docker run -p` says which.", "--host")
    if context.params["device"] not in ("auto", "cpu"):
        refuse("the image has torch for CPUs only.", "--device")
    plugins = context.params["plugins"] or ()
    try:
        text = dockerfile(trained, context.params["port"], _given(context), plugins)
    except DockerfileError as error:
        refuse(f"{error}.", "--dockerfile")
    print(text, end="")


_OF_THE_IMAGE = frozenset({"dockerfile", "weights", "host", "port", "plugins", "runs_dir"})
"""Options that say what the image is, and are none of the server in it."""


def _given(context: typer.Context) -> list[str]:
    """The options of the command line that the server in a container takes too."""
    words: list[str] = []
    for option in context.command.params:
        source = context.get_parameter_source(option.name or "")
        if option.param_type_name != "option" or option.name in _OF_THE_IMAGE:
            continue
        if source is None or source.name != "COMMANDLINE":
            continue
        value, flag = context.params[option.name or ""], option.opts[0]
        if value is True:
            words.append(flag)
        else:
            for each in value if isinstance(value, list | tuple) else [value]:
                words += [flag, str(each)]
    return words


def _say_where(name: str, address: str, quiet: bool) -> None:
    if not quiet:
        say(f"{name} answers at {address} (docs: {address}/docs)")
        sys.stdout.flush()
