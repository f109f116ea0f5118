"""What the front half's commands do not import."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from inspect import get_annotations
from pathlib import Path

import pytest

from modelspec.layers import Layer
from modelspec.layers.choices import Option
from modelspec.training.callback import Callback
from modelspec.training.declaration import Declaration
from modelspec.training.losses import Loss
from modelspec.training.metrics import Metric
from modelspec.training.optimizers import Optimizer
from modelspec.training.schedules import Schedule

ROOT = Path(__file__).parent.parent
SEARCH = "PYDANTIC_DISABLE_PLUGINS"
"""Commands set it for their own process, and so for those that the tests start in theirs."""
HEAVY = {"torch", "numpy", "polars", "rich", "graphviz", "resvg_py", "pydyf", "sklearn"}

PROGRAM = """
import json, sys
from modelspec.cli import main
code = main(sys.argv[1:])
names = {name if name.startswith("modelspec.") else name.partition(".")[0] for name in sys.modules}
print(json.dumps({"code": code, "imported": sorted(names)}), file=sys.stderr)
"""


def imported(folder: Path, *arguments: str, path: Path | None = None) -> set[str]:
    """The packages that a command has imported when it ends; `path` is searched for more."""
    more = {"PYTHONPATH": os.pathsep.join([str(path), *sys.path])} if path else {}
    kept = {name: value for name, value in os.environ.items() if name != SEARCH}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        check=True,
        env={**kept, **more},
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


ONLY_FOR_FINDINGS = (
    "diagnostics.render.full diagnostics.render.frame graph.cycles graph.fixes graph.help"
    " language.advice language.called_in_text language.foreign language.out_of_range"
    " language.owners language.unknown_layer language.unknown_name language.validation_findings"
)
ONLY_WHERE_WRITTEN = (
    "graph.decoding language.clashes language.decision language.decode language.output_section"
    " language.overrides language.plugins language.yaml_writer layers.merging.base"
    " layers.merging.pointwise layers.options lint.logged lint.rules.checked.ms609_decode_mismatch"
    " lint.rules.checked.ms715_unsuitable_search training.callback"
    " training.losses.probabilistic.binary training.metrics.accuracy.of_kind"
    " training.optimizers.adaptive.ftrl"
)
MOST_CLASSES = 31
"""pydantic takes 0.2 to 0.5 ms for each."""


def test_a_lint_without_findings_imports_nothing_that_only_findings_need() -> None:
    unneeded = {f"modelspec.{name}" for name in ONLY_FOR_FINDINGS.split()}
    assert not imported(ROOT, "lint", "specs/qa.yaml") & unneeded


def test_a_lint_imports_nothing_for_what_a_spec_does_not_write() -> None:
    unwritten = {f"modelspec.{name}" for name in ONLY_WHERE_WRITTEN.split()}
    assert not imported(ROOT, "lint", "specs/qa.yaml") & unwritten


def test_a_lint_builds_the_classes_that_its_spec_names() -> None:
    script = (
        "import gc; from modelspec.cli import main; main(['lint', 'specs/qa.yaml'])\n"
        "from pydantic import BaseModel\n"
        "made = [each for each in gc.get_objects() if isinstance(each, type(BaseModel))]\n"
        "print(sum(each.__module__.startswith('modelspec.') for each in made))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert int(done.stdout) <= MOST_CLASSES, done.stdout


def test_names_of_what_is_imported_late_are_those_of_modules() -> None:
    names = (*ONLY_FOR_FINDINGS.split(), *ONLY_WHERE_WRITTEN.split())
    assert all(find_spec(f"modelspec.{name}") for name in names)


def test_a_command_asks_no_installed_package_for_plugins_of_pydantic(tmp_path: Path) -> None:
    folder = tmp_path / "watcher-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: watcher\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text("[pydantic]\nwatcher = watcher_of_models:plugin\n")
    (tmp_path / "watcher_of_models.py").write_text("plugin = None\n")
    assert "watcher_of_models" not in imported(ROOT, "lint", "specs/qa.yaml", path=tmp_path)


@pytest.mark.parametrize(
    "base", [Layer, Option, Declaration, Loss, Metric, Optimizer, Schedule, Callback]
)
def test_a_base_has_no_annotation_for_every_class_below_to_evaluate(base: type) -> None:
    """pydantic compiles one that is text anew for each class that inherits it."""
    assert not [name for name, kind in get_annotations(base).items() if type(kind) is str]


@pytest.mark.parametrize("arguments", [["--help"], ["lint", "--help"]], ids=" ".join)
def test_help_imports_no_room(arguments: list[str]) -> None:
    assert not imported(ROOT, *arguments) & {"pydantic", "yaml", "modelspec.language"}


def test_training_imports_nothing_for_other_models_and_files() -> None:
    """Declarations of layers that a model has not, readers of Keras's files, printed code."""
    script = (
        "import sys, modelspec.runner.train\n"
        "unneeded = ('layers.recurrent', 'layers.wrappers', 'keras.saving', 'torch.printing')\n"
        "assert not {f'modelspec.{name}' for name in unneeded} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=120, check=True)
