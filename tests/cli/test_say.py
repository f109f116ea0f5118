"""What is printed for other programs to read."""

import json

import pytest

from modelspec.cli.say import say_json


def test_json_has_null_where_there_is_no_finite_number(capsys: pytest.CaptureFixture[str]) -> None:
    inf = float("inf")
    say_json({"a": float("nan"), "b": [inf, -inf, 1.5], "c": {"d": (2, "x\x9b", None, True)}})
    printed = capsys.readouterr().out

    def refuse(word: str) -> float:
        raise AssertionError(word)

    found = json.loads(printed, parse_constant=refuse)
    assert found == {"a": None, "b": [None, None, 1.5], "c": {"d": [2, "x\x9b", None, True]}}
    assert "\x9b" not in printed
