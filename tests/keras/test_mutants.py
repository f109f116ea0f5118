"""Changed files are specs or findings, never bugs (`benchmarks/import_fuzz.py` tries many more)."""

import json
from pathlib import Path

import pytest

from tests.keras import mutants

SEEDS = 240
AT_ONCE = 40


@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_mutants_are_no_bugs(first: int, tmp_path: Path) -> None:
    numbers = range(first, first + AT_ONCE)
    found = {
        number: mutants.outcome_of(mutants.mutant(number, tmp_path), tmp_path) for number in numbers
    }
    assert not {n: out for n, out in found.items() if out.startswith(mutants.FAILED)}


def test_mutants_are_changed_and_not_all_refused(tmp_path: Path) -> None:
    """What the test above sees is neither all read nor all refused at the door."""
    outcomes = {
        mutants.outcome_of(mutants.mutant(number, tmp_path), tmp_path) for number in range(60)
    }
    assert {"imported", "refused: MS901", "findings on layers"} <= outcomes


def test_reduction_keeps_what_fails() -> None:
    config = {"a": [1, {"b": 2, "c": [3, 4]}], "d": 5}
    found = mutants.reduced(json.loads(json.dumps(config)), lambda each: "4" in json.dumps(each))
    assert found == {"a": [{"c": [4]}]}


@pytest.mark.parametrize("model", mutants.MODELS, ids=lambda model: model.name)
def test_a_copy_is_what_its_model_is(model: Path, tmp_path: Path) -> None:
    copy = tmp_path / f"copy{model.suffix}"
    mutants.write(model, copy, mutants.configuration(model))
    outcome = mutants.outcome_of(str(copy), tmp_path)
    assert outcome == ("findings on layers" if model.stem == "lambda" else "imported")
