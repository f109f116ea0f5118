import json
import re
from pathlib import Path

import pytest

from modelspec.cli import main
from modelspec.diagnostics import SpecError
from modelspec.runner.reporting.importance import kept_importance
from modelspec.runner.run.importance_file import IMPORTANCE
from tests.report.pages import parsed, texts

OPTIONS = ("--importance", "--device", "cpu")


pytestmark = pytest.mark.usefixtures("in_flowers")


def kept() -> dict:
    content = json.loads(Path("runs/flowers/latest", IMPORTANCE).read_text())
    assert isinstance(content, dict)
    return content


def test_it_is_printed_and_kept_and_shown_in_the_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["eval", "flowers", *OPTIONS]) == 0
    said = capsys.readouterr().out
    assert "permutation importance, 10 test rows, 5 permutations each, seed 0" in said
    assert "accuracy worse by" in said
    assert "loss worse by" in said
    assert any(line.split()[:1] == ["petals"] for line in said.splitlines())
    content = kept()
    assert (content["data"], content["rows"], content["of"]) == ("test rows", 10, 10)
    assert (content["weights"], content["epochs"], content["seed"]) == ("best", 3, 0)
    assert main(["runs", "report", "flowers"]) == 0
    page = parsed(Path("runs/flowers/latest/report.html").read_text("utf-8"))
    assert "Importance" in texts(page, "h2")
    assert "petals" in texts(page, "span")
    assert "on the 10 test rows, by the best weights" in "".join(page.itertext())


def test_json_has_all_of_it_and_the_seed_rules_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for seed in ("3", "3", "4"):
        assert main(["eval", "flowers", *OPTIONS, "--json", "--seed", seed]) == 0
        found.append(json.loads(capsys.readouterr().out)["importance"])
    assert found[0] == found[1]
    assert found[0]["columns"] != found[2]["columns"]
    (column,) = found[0]["columns"]
    assert column["changes"].keys() == {"loss", "accuracy"}
    assert len(column["changes"]["loss"]["values"]) == column["repeats"] == 5
    assert kept() == {"version": 1, "epochs": 3, **found[2]}


def test_rows_of_another_file(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--data", "flowers.npz", "--importance-repeats", "2", "--json"]
    assert main(["eval", "flowers", *OPTIONS, *options]) == 0
    found = json.loads(capsys.readouterr().out)["importance"]
    assert (found["data"], found["rows"]) == ("rows of flowers.npz", 100)
    (petals,) = found["columns"]
    assert petals["repeats"] == 2
    assert petals["changes"]["accuracy"]["mean"] > 0.1  # less accuracy is worse
    assert petals["changes"]["loss"]["mean"] > 0.1  # and so is more loss


def test_what_there_was_no_time_for_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "flowers", *OPTIONS, "--importance-seconds", "0"]) == 0
    captured = capsys.readouterr()
    assert "no time was left for petals: raise --importance-seconds" in captured.err
    assert "none of 5 permutations each, seed 0: time was up" in captured.out
    assert kept()["left_out"] == ["petals"]


def test_a_spec_with_weights_keeps_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = kept()
    weights = "runs/flowers/latest/last.safetensors"
    assert main(["eval", "spec.yaml", "--weights", weights, *OPTIONS]) == 0
    assert "kept" not in capsys.readouterr().out
    assert kept() == before


@pytest.mark.parametrize("content", ["{}", '{"version": 1}', "[]", '{"version": 1, "columns": 3}'])
def test_what_was_not_written_by_eval_is_a_finding(tmp_path: Path, content: str) -> None:
    (tmp_path / IMPORTANCE).write_text(content)
    with pytest.raises(SpecError):
        kept_importance(tmp_path, 3)


def test_older_weights_are_said(tmp_path: Path) -> None:
    content = kept() | {"epochs": 2, "rows": 7}
    (tmp_path / IMPORTANCE).write_text(json.dumps(content))
    found = kept_importance(tmp_path, 3)
    assert found
    assert found.asked.endswith("by the best weights as they were after 2 epochs")
    assert kept_importance(tmp_path / "none", 3) is None


@pytest.mark.parametrize("option", ["--seed", "--importance-repeats", "--importance-seconds"])
def test_how_is_nothing_without_what(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "any", option, "3"]) == 2
    assert f"`{option}` is for `--importance`" in " ".join(capsys.readouterr().err.split())


def test_seconds_are_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "flowers", *OPTIONS, "--importance-seconds", "nan"]) == 2
    assert "nan is not a number" in capsys.readouterr().err


def test_a_model_that_nothing_measures(capsys: pytest.CaptureFixture[str]) -> None:
    spec = Path("measured.yaml")
    text = Path("spec.yaml").read_text()
    spec.write_text(re.sub(r"loss: categorical_crossentropy, ", "", text))
    arguments = ["eval", str(spec), "--weights", "runs/flowers/latest/best.safetensors"]
    assert main([*arguments, *OPTIONS]) == 2
    assert "nothing to measure" in " ".join(capsys.readouterr().err.split())
    assert main([*arguments, "--device", "cpu"]) == 0
    assert "nothing to measure" in capsys.readouterr().err
