"""The page on editors: what it tells them to start is there, and its settings can be read."""

from __future__ import annotations

import json
import re
import tomllib

from modelspec.cli.commands import BY_NAME
from modelspec.lsp.diagram import COMMAND
from tests.docs.following import ROOT, page

PAGE = page("editor.md")
EXTENSION = ROOT / "docs" / "editors" / "vscode"


def block(language: str) -> str:
    """The page's block of a language."""
    [found] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return found


def test_helix_reads_its_settings() -> None:
    settings = tomllib.loads(block("toml"))
    server = settings["language-server"]["modelspec"]
    assert (server["command"], server["args"]) == ("modelspec", ["lsp"])
    assert "modelspec" in settings["language"][0]["language-servers"]


def test_zed_reads_its_settings() -> None:
    binary = json.loads(block("json"))["lsp"]["yaml-language-server"]["binary"]
    assert (binary["path"], binary["arguments"]) == ("modelspec", ["lsp"])


def test_the_others_start_the_same() -> None:
    assert 'cmd = { "modelspec", "lsp" }' in block("lua")
    assert '("modelspec" "lsp")' in block("elisp")
    assert "lsp" in BY_NAME


def test_the_extension_starts_the_server_and_asks_for_what_it_has() -> None:
    package = json.loads((EXTENSION / "package.json").read_text())
    settings = package["contributes"]["configuration"]["properties"]
    assert settings["modelspec.command"]["default"] == ["modelspec", "lsp"]
    assert "`modelspec.command`" in PAGE
    script = (EXTENSION / package["main"]).read_text()
    assert f'command: "{COMMAND}"' in script
    for command in package["contributes"]["commands"]:
        assert f'registerCommand("{command["command"]}"' in script
    for setting in settings:
        assert setting.removeprefix("modelspec.").partition(".")[0] in script


def test_each_setting_is_on_the_page() -> None:
    package = json.loads((EXTENSION / "package.json").read_text())
    for name in package["contributes"]["configuration"]["properties"]:
        assert name in PAGE or name.removeprefix("modelspec.") in PAGE
