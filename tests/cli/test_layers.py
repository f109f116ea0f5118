"""`modelspec layers`."""

import json

import pytest

from modelspec.cli import main
from modelspec.layers import registry


def test_all_types_are_listed_with_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layers"]) == 0
    rows = [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines()]
    assert sorted(name for _, name, _ in rows) == sorted(registry.names())
    assert all(said for *_, said in rows)


def test_json_has_one_family(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layers", "--family", "conv", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)["conv"]) == ["Conv1D", "Conv2D", "Conv3D"]


def test_a_mistyped_family_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layers", "--family", "convs"]) == 2
    assert "Did you mean `conv`?" in capsys.readouterr().err
