"""The table of commands."""

import re
from importlib import import_module

import pytest

from modelspec.cli.commands import COMMANDS, Command
from modelspec.cli.group import help_text
from tests.cli.running import Run


def test_all_are_listed_without_being_imported(run: Run) -> None:
    listed = run("--help").out
    for command in COMMANDS:
        assert f"  {command.name} " in listed
        assert command.help in listed


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_each_has_a_help_with_examples_that_begin_with_its_name(command: Command) -> None:
    module = import_module(command.module)
    text = help_text(command.name)
    assert module.run.__doc__.split(".")[0].split()[0] in text
    assert "Examples:" in text
    assert all(f"modelspec {command.name}" in example for example in module.EXAMPLES)
    undescribed = re.findall(r"^  (--[^ ].*)\n  -", text, re.MULTILINE)
    assert [line for line in undescribed if "  " not in line] == []
