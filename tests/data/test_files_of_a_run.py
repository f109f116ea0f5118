"""The files that a run is trained on, and others that it is used on: any format, one meaning."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from modelspec.data import encode_file, load
from modelspec.data.features.preprocessing import Preprocessing
from modelspec.data.table.number_style import NumberStyle
from modelspec.diagnostics import Report
from tests.data.worlds import World, read, world

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [(1.5, 1234.25), (2.25, 17.5), (3.0, 1000000.0)]


def german(path: Path) -> None:
    lines = [f"{x:.2f}".replace(".", ",") + ";" + number(y) for x, y in ROWS]
    path.write_bytes("\n".join(["größe;y", *lines, ""]).encode("latin-1"))


def number(value: float) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def spec(folder: Path, format: str = "", file: str = "a.csv") -> World:
    section = f"train: {file}\n{format}\nfeatures: {{x: {{column: größe}}}}"
    return world(folder, section, {"x": []}, {"y": ([], "mse")})


def encoded(made: World, preprocessing: Preprocessing, path: Path) -> tuple[np.ndarray, Report]:
    report = Report()
    arrays = encode_file(preprocessing, made.settings, made.graph, str(path), report, targets=True)
    assert arrays, list(report)
    return np.stack([arrays.inputs["x"], arrays.targets["y"]], axis=1), report


WRITTEN = {
    "b.csv": "größe,y\n" + "".join(f"{x},{y}\n" for x, y in ROWS),
    "b.txt": "größe|y\n" + "".join(f"{x}|{y}\n" for x, y in ROWS),
    "b.tsv": "y\tgröße\n" + "".join(f"{y}\t{x}\n" for x, y in ROWS),
    "b.json": json.dumps([{"größe": x, "y": y} for x, y in ROWS]),
    "b.jsonl": "".join(json.dumps({"größe": x, "y": y}) + "\n" for x, y in ROWS),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_run_takes_all_formats(tmp_path: Path, name: str) -> None:
    german(tmp_path / "a.csv")
    made = spec(tmp_path)
    splits = made.splits()
    assert splits.preprocessing.style == NumberStyle(",", ".")
    (tmp_path / name).write_text(WRITTEN[name])
    found, _ = encoded(made, splits.preprocessing, tmp_path / name)
    np.testing.assert_array_equal(found, np.array(ROWS, np.float32))


def test_what_the_spec_states_is_meant_for_files_of_its_type(tmp_path: Path) -> None:
    german(tmp_path / "a.csv")
    german(tmp_path / "new.csv")
    marks = 'separator: ";", decimal: ",", thousands: "."'
    made = spec(tmp_path, f"format: {{{marks}, encoding: cp1252}}")
    preprocessing = made.splits().preprocessing
    for name in ("new.csv", *WRITTEN):
        if name not in ("b.csv", "b.txt"):
            path = tmp_path / name
            if name in WRITTEN:
                path.write_text(WRITTEN[name])
            found, _ = encoded(made, preprocessing, path)
            np.testing.assert_array_equal(found, np.array(ROWS, np.float32))


@pytest.mark.parametrize(
    ("marks", "value"), [("1,5;2,5", 1.234), ("1.5;1,234.5", 1234), ("1.5;2.5", 1234)]
)
def test_a_doubtful_number_is_read_as_in_training(tmp_path: Path, marks, value) -> None:
    (tmp_path / "a.csv").write_text(f"größe;y\n{marks}\n{marks}\n")
    made = spec(tmp_path)
    preprocessing = made.splits().preprocessing
    (tmp_path / "b.csv").write_text("größe;y\n1,234;1\n")
    found, _ = encoded(made, preprocessing, tmp_path / "b.csv")
    np.testing.assert_allclose(found, [[value, 1]], rtol=1e-6)


def test_the_style_is_kept_and_an_old_state_has_none(tmp_path: Path) -> None:
    german(tmp_path / "a.csv")
    preprocessing = spec(tmp_path).splits().preprocessing
    state = json.loads(json.dumps(preprocessing.to_dict()))
    assert Preprocessing.from_dict(state) == preprocessing
    assert state.pop("style") == {"decimal": ",", "thousands": "."}
    old = Preprocessing.from_dict(state)
    assert old.style is None
    made = spec(tmp_path)
    found, _ = encoded(made, old, tmp_path / "a.csv")
    np.testing.assert_array_equal(found, np.array(ROWS, np.float32))


@pytest.mark.parametrize("style", [{"decimal": 3}, {"mark": ","}, [], "x", {"decimal": ";"}])
def test_a_damaged_style_is_refused(style) -> None:
    with pytest.raises(ValueError, match="damaged"):
        Preprocessing.from_dict({"version": 1, "features": {}, "style": style})


def test_what_was_found_is_said(tmp_path: Path) -> None:
    german(tmp_path / "a.csv")
    made, report = spec(tmp_path), Report()
    splits = load(made.settings, made.graph, tmp_path, report)
    assert splits
    said = "separator `;`, decimal mark `,`, thousands mark `.`, latin-1"
    assert splits.counts["train"].notes == [said]


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ('{sep: ";"}', [("MS201", "did you mean `separator`?")]),
        ('{seperator: ";"}', [("MS201", "did you mean `separator`?")]),
        ("{delimiter: x}", [("MS201", "did you mean `separator`?")]),
        ("{quotechar: x}", [("MS201", "did you mean `quote`?")]),
        ("{skiprows: 3}", [("MS201", "did you mean `skip_rows`?")]),
        ("{sheet_name: A}", [("MS201", "did you mean `sheet`?")]),
        ("{separator: ab}", [("MS204", "")]),
        ("{decimal: x}", [("MS206", "use `.` or `,`")]),
        ("{encoding: latn-1}", [("MS204", "some")]),
        ("{encoding: base64}", [("MS204", "some")]),
        ("{header: 1}", [("MS203", "")]),
        ("{skip_rows: -1}", [("MS204", "")]),
        ("{sheet: A}", [("MS206", "remove `sheet`, or set `type`")]),
        ('{type: jsonl, separator: ";"}', [("MS206", "remove `separator`, or set `type`")]),
        ('{decimal: ",", thousands: ","}', [("MS206", "one mark has one meaning")]),
        ("exel", [("MS206", "did you mean `excel`?")]),
        ("[csv]", [("MS203", "")]),
    ],
)
def test_findings_about_the_format(section: str, expected) -> None:
    _, found = read(f"train: a.csv\nformat: {section}")
    assert [each.code for each in found] == [code for code, _ in expected]
    for each, (_, help) in zip(found, expected, strict=True):
        assert help in each.help


def test_a_format_without_a_type_is_that_of_the_suffix() -> None:
    settings, found = read('train: a.csv.gz\ntest: b.tsv\nformat: {decimal: ",", sheet: x}')
    assert [each.code for each in found] == ["MS206"]
    settings, found = read('train: a.csv.gz\ntest: b.parquet\nformat: {decimal: ","}')
    assert not found
    assert settings
    assert settings.files["train"].format.decimal == ","
    assert settings.files["test"].format.decimal is None


def test_a_number_in_another_style_has_a_way_out(tmp_path: Path) -> None:
    lines = ["größe,y", *["1.5,2.5"] * 1200, '"1.234,5",1.5']
    (tmp_path / "a.csv").write_text("\n".join(lines))
    finding = spec(tmp_path).finding()
    assert (finding.code, finding.related[0].span.line) == ("MS803", 1202)
    assert 'state `format: {decimal: ",", thousands: "."}`' in finding.help
