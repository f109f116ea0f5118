"""The page on transfer learning can be followed literally, and its figures are true."""

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.following import ROOT, followed, page

PAGE = page("transfer.md")


def test_every_command_does_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "specs").mkdir()
    shutil.copy(ROOT / "specs" / "transfer.yaml", tmp_path / "specs")
    shutil.copytree(ROOT / "specs" / "mobilenet", tmp_path / "specs" / "mobilenet")
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    monkeypatch.chdir(tmp_path)
    first, second = PAGE.split("## Then the whole")
    runs = []
    for part in (first, second):
        said = followed(part, monkeypatch, capsys)
        (told,) = re.findall(r"(\d+) %", part)
        (accuracy,) = re.findall(r"digit +│ +[\d.]+ │ +([\d.]+)", said["modelspec eval transfer"])
        assert float(accuracy) * 100 == pytest.approx(int(told), abs=2)
        runs.append(said)
    depths = runs[0]["modelspec summary specs/transfer.yaml --depth 0"]
    for figure in re.findall(r"([\d,]+) of ([\d,]+) parameters", PAGE)[0]:
        assert figure in depths
    assert len(list((tmp_path / "runs" / "transfer").glob("2*/report.html"))) == 2


def test_what_it_shows_of_the_spec_stands_there() -> None:
    spec = (ROOT / "specs" / "transfer.yaml").read_text(encoding="utf-8")
    for shown in re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL):
        assert shown.strip() in spec
