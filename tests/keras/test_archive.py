"""How much an archive may unpack to."""

import zipfile
from pathlib import Path

import pytest

from modelspec.diagnostics import Report, SpecError
from modelspec.keras import archive
from modelspec.keras.import_model import from_keras
from tests.keras.test_models import SAVED


def packed(folder: Path, weights: bytes, compression: int) -> str:
    """A saved model with other weights."""
    file = folder / "packed.keras"
    with (
        zipfile.ZipFile(SAVED / "nested.keras") as old,
        zipfile.ZipFile(file, "w", compression) as new,
    ):
        new.writestr(archive.CONFIG, old.read(archive.CONFIG))
        new.writestr(archive.WEIGHTS, weights)
    return str(file)


def refused(file: str) -> str:
    with pytest.raises(SpecError) as caught:
        from_keras(file, Report())
    return caught.value.diagnostics[0].message


def test_it_is_no_more_than_it_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_FREE", 10_000)
    file = packed(tmp_path, bytes(1_000_000), zipfile.ZIP_DEFLATED)
    assert refused(file) == "`model.weights.h5` would be 1,000,000 bytes; 10,000 are allowed"


def test_what_is_not_compressed_may_be_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_FREE", 10)
    file = packed(tmp_path, bytes(100_000), zipfile.ZIP_STORED)
    assert refused(file).startswith("it is not HDF5")


def test_compressed_weights_are_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(SAVED / "nested.keras") as old:
        weights = old.read(archive.WEIGHTS)
    imported = from_keras(packed(tmp_path, weights, zipfile.ZIP_DEFLATED), Report())
    assert imported
    imported.close()


def test_a_configuration_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_CONFIG", 1000)
    (tmp_path / "config.json").write_text('{"config": {}}' + " " * 1000)
    assert "larger than the 1,000 bytes" in refused(str(tmp_path / "config.json"))
    assert "`config.json` would be" in refused(str(SAVED / "nested.keras"))
