"""The page on continuous integration: its commands run, also those of its workflow and hook."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from modelspec.cli import main
from tests.docs.following import ROOT, followed, page

PAGE = page("ci.md")
HOOK, WORKFLOW, _ = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the specs, in which the commands run."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "specs"


def test_every_command_prints_what_stands_under_it(
    specs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = followed(PAGE, monkeypatch, capsys)
    sarif = said["modelspec lint specs/digits.yaml --format sarif"]
    assert json.JSONDecoder().raw_decode(sarif)[0]["version"] == "2.1.0"
    schema = json.loads(Path("modelspec.schema.json").read_text(encoding="utf-8"))
    assert "layers" in schema["properties"]


def test_the_commands_of_the_workflow_find_the_mistake_that_it_shows(
    specs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = yaml.safe_load(WORKFLOW)["jobs"]["lint"]["steps"]
    commands = [step["run"] for step in steps if step.get("run", "").startswith("modelspec")]
    spec = specs / "digits.yaml"
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace("units: 10", "untis: 10"), encoding="utf-8")
    told = []
    for command in commands:
        assert main(command.partition(" > ")[0].split()[1:]) == 1
        told.append(capsys.readouterr().out)
    annotations, sarif = told
    (shown,) = re.findall(r"^::error .*$", PAGE, re.MULTILINE)
    assert annotations.splitlines() == [shown]
    (result,) = json.loads(sarif)["runs"][0]["results"]
    assert result["ruleId"] == "MS201"
    assert main(["lint", "specs", "--fix"]) == 0
    assert spec.read_text(encoding="utf-8") == text


def test_the_hook_is_one_that_the_repository_offers() -> None:
    offered = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (repository,) = yaml.safe_load(HOOK)["repos"]
    assert {hook["id"] for hook in repository["hooks"]} == {hook["id"] for hook in offered}


def test_every_format_of_lint_is_on_the_page() -> None:
    from typing import get_args

    from modelspec.cli.lint import Format

    assert all(f"| `{name}` |" in PAGE for name in get_args(Format))
