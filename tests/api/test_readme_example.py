"""The README's second block of Python is true to the letter, up to a search that is for real."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

import modelspec

if TYPE_CHECKING:
    import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCK = re.findall(r"```python\n(.*?)```", README.partition("## From Python")[2], flags=re.DOTALL)[
    1
]
SPEC = """\
version: 1
name: churn
params: {filters: 4}
inputs: {age: [1], plan: [3]}
layers:
  join: Concatenate
  hidden: {type: Dense, units: $filters, activation: relu}
  leaves: {type: Dense, units: 1, activation: sigmoid}
edges: ["age, plan -> join -> hidden -> leaves"]
outputs: {leaves: binary_crossentropy}
data:
  file: churn.csv
  split: {validation: 0.25}
  features:
    age: {normalize: standard}
    plan: {type: category}
    leaves: {type: category}
train: {epochs: 1, batch_size: 8}
tune: {search: {params.filters: [3, 5]}, sampler: grid, trials: 2, confirm: none}
"""


def test_the_readme_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A grid of two candidates ends before its twenty trials."""
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/churn.yaml").write_text(SPEC)
    generator = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "age": generator.normal(40, 9, 48),
            "plan": generator.choice(["basic", "family", "pro"], 48),
            "leaves": generator.choice(["no", "yes"], 48),
        }
    )
    frame.write_csv("specs/churn.csv")
    assert "modelspec.tune(spec, trials=20)" in BLOCK
    rows = [{"age": 31, "plan": "pro"}, {"age": 64.5, "plan": "basic"}]
    names: dict[str, Any] = {"modelspec": modelspec, "frame": frame[:40], "test": frame[40:]}
    exec(BLOCK.replace("modelspec.tune", "study = modelspec.tune"), names | {"rows": rows}, names)
    run, study = names["run"], names["study"]
    assert [each["epoch"] for each in run.history] == [1]
    assert run.predict(rows)["leaves"].is_in(["no", "yes"]).all()
    assert [each.status for each in study.trials] == ["complete", "complete"]
    assert {each.values["params.filters"] for each in study.trials} == {3, 5}
    assert study.study.spec == str(tmp_path / "specs" / "churn.yaml")
    shown = study._repr_html_()
    assert shown.count("<tr>") == 3
    assert shown.count("(best)") == 1
    assert repr(study).endswith(": 2 trials>")
