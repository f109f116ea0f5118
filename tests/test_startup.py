"""What the front half's commands do not import."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = {"torch", "numpy", "polars", "rich", "graphviz", "resvg_py", "pydyf", "sklearn"}

PROGRAM = """
import json, sys
from modelspec.cli import main
code = main(sys.argv[1:])
names = {name if name.startswith("modelspec.") else name.partition(".")[0] for name in sys.modules}
print(json.dumps({"code": code, "imported": sorted(names)}), file=sys.stderr)
"""


def imported(folder: Path, *arguments: str) -> set[str]:
    """The packages that a command has imported when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        check=True,
    )
    told = json.loads(done.stderr.splitlines()[-1])
    assert told["code"] == 0
    return set(told["imported"])


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--help"], set()),
        (["lint", "specs/qa.yaml"], set()),
        (["lint", "specs", "--format", "json"], set()),
        (["render", "specs/residual.yaml"], set()),
        (["schema"], set()),
        (["explain", "Conv2D"], set()),
        (["explain", "MS401"], set()),
        (["summary", "specs/qa.yaml", "--json"], set()),
        (["summary", "specs/qa.yaml"], {"rich"}),
        (["plot", "specs/qa.yaml", "-o", "/dev/null", "--format", "svg"], set()),
        (["plot", "specs/qa.yaml", "-o", "/dev/null", "--format", "png"], {"resvg_py"}),
        (["plot", "specs/qa.yaml", "-o", "/dev/null", "--format", "dot"], {"graphviz"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_imports_nothing_heavy_that_it_does_not_need(
    arguments: list[str], allowed: set[str]
) -> None:
    assert imported(ROOT, *arguments) & HEAVY <= allowed


def test_a_lint_reads_nothing_about_sections_that_a_spec_does_not_have() -> None:
    sections = {f"modelspec.language.{name}" for name in ("data", "features", "tune")}
    assert not imported(ROOT, "lint", "specs/qa.yaml") & sections


def test_help_imports_no_room() -> None:
    assert not imported(ROOT, "--help") & {"pydantic", "yaml"}
