import json
from pathlib import Path

import pytest

from modelspec.cli import main
from tests.runner.worlds import run, write_flowers

pytestmark = pytest.mark.usefixtures("in_flowers")


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main(["eval", *arguments, "--json", "--device", "cpu"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_the_test_rows_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, "flowers")
    assert (found["data"], found["rows"]) == ("test rows", 10)
    assert str(found["weights"]).endswith("best.safetensors")
    outputs = found["outputs"]
    assert isinstance(outputs, dict)
    assert outputs["species"].keys() == {"loss", "accuracy"}


def test_other_rows_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert _json(capsys, "runs/flowers/latest", "--split", "validation")["rows"] == 20
    assert _json(capsys, "flowers", "--data", "flowers.npz")["rows"] == 100


def test_a_spec_with_weights_is_the_same_model(capsys: pytest.CaptureFixture[str]) -> None:
    weights = "runs/flowers/latest/last.safetensors"
    of_spec = _json(capsys, "spec.yaml", "--weights", weights)
    assert of_spec["loss"] == _json(capsys, "flowers", "--weights", "last")["loss"]


def test_people_get_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "flowers"]) == 0
    first, *table = capsys.readouterr().out.splitlines()
    assert first.endswith("best.safetensors on 10 test rows")
    assert any("species" in line and "0." in line for line in table)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["flower"], 1, "did you mean `flowers`?"),
        (["spec.yaml"], 2, "--weights FILE"),
        (["flowers", "--data", "gone.npz"], 2, "`gone.npz` does not exist"),
        (["spec.yaml", "--weights", "gone.safetensors"], 2, "does not exist"),
        (["flowers", "--set", "train.epochs=3"], 2, "--set"),
    ],
)
def test_what_cannot_be_is_said(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", *arguments]) == code
    assert said in capsys.readouterr().err


def test_a_spec_without_test_rows_is_measured_on_validation_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run(write_flowers(tmp_path), "data.split.test=0")
    assert _json(capsys, "flowers")["data"] == "validation rows"
    assert main(["eval", "flowers", "--split", "test"]) == 1
    assert "has no test rows" in capsys.readouterr().err
