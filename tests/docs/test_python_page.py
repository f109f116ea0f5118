"""The page on Python: its code runs, from top to bottom, and its tables name what there is."""

import inspect
import re
import runpy
import sys
from pathlib import Path

import pytest

import modelspec
from modelspec.sklearn import SpecClassifier

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
SEARCH = PAGE[PAGE.index("## A search") : PAGE.index("## scikit-learn")]
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.replace(SEARCH, ""), flags=re.DOTALL)


def test_the_code_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "specs").mkdir()
    spec = (ROOT / "specs" / "breast_cancer.yaml").read_text(encoding="utf-8")
    (tmp_path / "specs" / "breast_cancer.yaml").write_text(spec, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    script = str(ROOT / "specs" / "make_data.py")
    monkeypatch.setattr(sys, "argv", [script, "data", "breast_cancer"])
    monkeypatch.syspath_prepend(str(ROOT / "specs"))
    runpy.run_path(script, run_name="__main__")
    names: dict[str, object] = {}
    for block in BLOCKS:
        exec(block, names)
    run = names["run"]
    assert isinstance(run, modelspec.Run)
    assert len(run.history) == 3
    assert run.folder.parent.name == "breast_cancer"
    assert len(list(tmp_path.glob("runs/breast_cancer/rows-*.parquet"))) == 1


@pytest.mark.parametrize(
    ("function", "heading"),
    [
        (modelspec.LoadedSpec.fit, "## Training"),
        (modelspec.Run.predict, "## A run"),
        (SpecClassifier, "## scikit-learn"),
    ],
)
def test_every_argument_is_on_the_page(function: object, heading: str) -> None:
    assert callable(function)
    told = PAGE.partition(heading)[2].partition("\n## ")[0]
    for name in inspect.signature(function).parameters:
        assert name == "self" or re.search(rf"\b{name}\b", told), name


def test_every_attribute_of_a_run_is_on_the_page() -> None:
    told = PAGE.partition("## A run")[2]
    for name in vars(modelspec.Run):
        assert name.startswith("_") or name in told, name
