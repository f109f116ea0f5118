"""What a notebook shows: nothing that could break out of its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import modelspec
from tests.runner.worlds import write_flowers

if TYPE_CHECKING:
    from pathlib import Path


def test_a_spec_is_its_diagram_and_a_summary_a_table() -> None:
    spec = modelspec.load("specs/residual.yaml")
    assert spec._repr_html_().startswith('<img src="data:image/svg+xml;base64,')
    shown = spec.summary()._repr_html_()
    assert shown.count("<tr>") == 1 + len(spec.summary().rows)
    assert f"{spec.summary().parameters:,} parameters" in shown


def test_findings_are_a_list_and_a_table(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text("name: x\ninputs: {a: [4]}\nlayers: {'<b>': {type: Dens, units: 2}}\n")
    found = modelspec.check(str(path))
    assert isinstance(found, list)
    assert found == list(found)
    assert "<b>" not in found._repr_html_()
    assert found._repr_html_().count("<tr") == 1 + len(found)
    assert all(each.code in found._repr_html_() for each in found)
    clean = modelspec.check("specs/residual.yaml")
    assert clean == []
    assert "no findings" in clean._repr_html_()


def test_a_run_is_its_last_epochs_and_the_best_one(tmp_path: Path) -> None:
    spec = modelspec.load(str(write_flowers(tmp_path))).set("train.epochs", 13)
    run = spec.fit(runs_dir=str(tmp_path / "runs"), quiet=True)
    shown = run._repr_html_()
    assert shown.count("(best)") == 1
    assert shown.count("<tr>") in (11, 12)
    assert "val_loss" in shown
    assert str(run.folder) in shown


@pytest.mark.parametrize("quiet", [True, False])
def test_progress_is_a_line_an_epoch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], quiet: bool
) -> None:
    spec = modelspec.load(str(write_flowers(tmp_path))).set("train.epochs", 2)
    spec.fit(runs_dir=str(tmp_path / "runs"), quiet=quiet)
    told = capsys.readouterr()
    assert (told.out + told.err).count("val_loss") == (0 if quiet else 2)
