from pathlib import Path

import pytest

from modelspec.diagnostics import SpecError
from tests.runner.worlds import FLOWERS, prepared, write_flowers


def _weights(folder: Path, written: str) -> dict[str, list[float]]:
    text = FLOWERS.replace("metrics: [accuracy]", f"class_weight: {written}")
    return prepared(write_flowers(folder, spec=text)).class_weights


def test_classes_are_named_by_index(tmp_path: Path) -> None:
    assert _weights(tmp_path, "{1: 2.5}") == {"species": [1.0, 2.5, 1.0]}


def test_a_class_that_there_is_not_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="MS607 output `species` has no class `3`"):
        _weights(tmp_path, "{3: 2.5}")
