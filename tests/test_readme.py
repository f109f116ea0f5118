"""What the README says is true."""

import re
import tomllib
from pathlib import Path

import pytest
import torch

from modelspec import lint

README = Path("README.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_its_spec_lints_clean():
    (text,) = blocks("yaml")
    assert not len(lint.examine("README.md", text=text).report)


def test_its_extras_are_there():
    extras = tomllib.loads(Path("pyproject.toml").read_text())["project"]["optional-dependencies"]
    listed = re.findall(r"^\| `(\w+)` \|", README.split("## Two commands")[0], re.MULTILINE)
    assert set(listed) == extras.keys() - {"demo", "dev", "docs"}


def test_its_python_runs():
    code, _ = blocks("python")
    scope = {name: torch.randint(0, 9, (2, 5)) for name in ("story", "question")}
    exec(code, scope)
    assert scope["outputs"]["answer"].shape == (2, 500)


def test_its_finding_is_the_real_one(capsys):
    from modelspec.cli import main

    assert main(["lint", "specs/digits.yaml", "--set", "layers.conv.padding=valid"]) == 1
    printed = capsys.readouterr().out
    shown = next(block for block in README.split("```\n") if "error[shape-mismatch]" in block)
    assert shown == printed


@pytest.mark.parametrize("path", re.findall(r'(?:\]\(|src=")([\w./]+)', README))
def test_its_links_lead_somewhere(path):
    assert Path(path).exists()
