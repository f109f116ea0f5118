"""The typer app: it lists its commands from the table and imports the one that is called."""

import re
from importlib import import_module
from typing import Annotated, Any

import typer
import typer.core

from modelspec._version import __version__
from modelspec.cli.commands import BY_NAME, COMMANDS, Command


class LazyGroup(typer.core.TyperGroup):
    """A group whose commands are modules, each imported when it is called."""

    def list_commands(self, _ctx: Any) -> list[str]:
        """The commands in the table's order."""
        return list(BY_NAME)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        """Import a command, or None where there is none of the name."""
        row = BY_NAME.get(cmd_name)
        return built(row) if row else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that a command line names, or say which it may have meant."""
        if args and args[0] not in BY_NAME and not args[0].startswith("-"):
            from modelspec.diagnostics import did_you_mean

            near = did_you_mean(args[0], BY_NAME)
            ctx.fail(f"No such command '{args[0]}'." + (f" Did you mean '{near}'?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(command.name, command.help) for command in COMMANDS])


class PlainCommand(typer.core.TyperCommand):
    """A command whose usage line reads `modelspec plot [OPTIONS] SPEC`."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Read a command line; a value that is none of the choices is told the nearest one."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            error.message += _near_choice(error)
            raise

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The usage line without typer's braces around what is required."""
        pieces = super().collect_usage_pieces(ctx)
        return [
            piece.replace("{", "").replace("}", "").replace("......", "...") for piece in pieces
        ]


def _near_choice(error: typer.BadParameter) -> str:
    from modelspec.cli.options import meant
    from modelspec.diagnostics import did_you_mean

    kind = getattr(error.param, "type", None)
    choices = [str(each) for each in getattr(kind, "choices", ())]
    written = re.match("'(.*)' is not one of", error.message)
    return meant(did_you_mean(written[1], choices)) if written else ""


def built(row: Command) -> Any:
    """The click command of a row, its module imported."""
    module = import_module(row.module)
    holder = typer.Typer(add_completion=False, rich_markup_mode=None)
    examples = "\n".join(["Examples:", *(f"  {line}" for line in module.EXAMPLES)])
    holder.command(row.name, cls=PlainCommand, epilog=f"\b\n{examples}")(module.run)
    return typer.main.get_command(holder)


def help_text(command: str = "") -> str:
    """What `modelspec COMMAND --help` prints, or `modelspec --help` without a command."""
    top = top_group()
    top_context = top.make_context("modelspec", ["--help"], resilient_parsing=True)
    if not command:
        return str(top.get_help(top_context)).rstrip()
    found = built(BY_NAME[command])
    context = found.make_context(command, [], parent=top_context, resilient_parsing=True)
    return str(found.get_help(context)).rstrip()


def _say_version(wanted: bool) -> None:
    if wanted:
        print(f"modelspec {__version__}")
        raise typer.Exit


def _top(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """A neural network as a YAML file: linted, drawn, trained and run on PyTorch."""


def top_group() -> Any:
    """The group that stands for `modelspec` itself."""
    app = typer.Typer(
        cls=LazyGroup,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(_top)
    return typer.main.get_command(app)
