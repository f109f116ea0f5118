"""The page on search can be followed literally."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from tests.docs.following import ROOT, followed, page

PAGE = page("search.md")


def test_every_command_does_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    shutil.copy(ROOT / "specs" / "digits_tune.yaml", tmp_path / "specs")
    (fails,) = re.findall(r"^\$ (.*--space)$", PAGE, flags=re.MULTILINE)
    followed(PAGE, monkeypatch, capsys, fails=fails)
    study = tmp_path / "runs" / "digits_tune" / "latest"
    for name in ("best.yaml", "trials.csv", "report.html", "study.json", "source", "confirm"):
        assert (study / name).exists()
    assert len(list((study / "trials").iterdir())) == 5


def test_the_section_is_that_of_the_spec() -> None:
    (section, _) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    assert section in (ROOT / "specs" / "digits_tune.yaml").read_text(encoding="utf-8")
    assert set(yaml.safe_load(section)["tune"]) == {"search", "objective", "limits"}


def test_every_key_is_on_the_page() -> None:
    from modelspec.language.tune import TuneSection

    assert all(f"| `{name}` |" in PAGE for name in TuneSection.model_fields)
