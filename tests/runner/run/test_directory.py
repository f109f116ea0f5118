from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from modelspec.diagnostics import SpecError
from modelspec.runner.run.directory import Contents, create, find, folder_name, read_json
from modelspec.runner.run.lock import locked

NOW = datetime(2026, 2, 3, 4, 5, 6)
CONTENTS = Contents("version: 1\n", {"a/x.yaml": "a", "b/x.yaml": "b"}, {"name": "x"}, {}, {})


def test_a_run_is_called_by_its_time(tmp_path: Path) -> None:
    assert create(tmp_path, "x", CONTENTS, NOW) == tmp_path / "x" / "2026-02-03T04-05-06"


@pytest.mark.parametrize(
    ("name", "folder"),
    [("wide_deep", "wide_deep"), ("a b/c", "a_b_c"), ("../x", "_x"), ("..", "run")],
)
def test_a_name_becomes_a_folder(name: str, folder: str) -> None:
    assert folder_name(name) == folder


def test_runs_of_one_second_get_numbers(tmp_path: Path) -> None:
    names = [create(tmp_path, "x", CONTENTS, NOW).name for _ in range(3)]
    assert [name[19:] for name in names] == ["", "-2", "-3"]


def test_sources_of_one_name_are_all_kept(tmp_path: Path) -> None:
    folder = create(tmp_path, "x", CONTENTS, NOW)
    texts = {path.name: path.read_text() for path in (folder / "source").iterdir()}
    assert texts == {"x.yaml": "a", "x-2.yaml": "b"}


@pytest.mark.parametrize("how", ["path", "latest", "parent", "name"])
def test_a_run_is_found(how: str, tmp_path: Path) -> None:
    create(tmp_path, "x", CONTENTS, NOW)
    folder = create(tmp_path, "x", CONTENTS, NOW)
    text = {
        "path": str(folder),
        "latest": str(tmp_path / "x" / "latest"),
        "parent": str(tmp_path / "x"),
        "name": "x",
    }[how]
    assert find(text, tmp_path).resolve() == folder.resolve()


def test_where_links_cannot_be_made_latest_is_a_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "symlink_to", refuse)
    folder = create(tmp_path, "x", CONTENTS, NOW)
    assert find("x", tmp_path) == folder
    assert find(str(tmp_path / "x" / "latest"), tmp_path) == folder


def test_many_may_start_at_once(tmp_path: Path) -> None:
    """The link `latest` is made under a name of each process's own: none takes another's away."""
    with ThreadPoolExecutor(16) as pool:
        folders = list(pool.map(lambda _: create(tmp_path, "x", CONTENTS, NOW), range(64)))
    assert len(set(folders)) == 64
    assert (tmp_path / "x" / "latest").resolve() in {folder.resolve() for folder in folders}
    assert not list((tmp_path / "x").glob(".unfinished*"))


def test_a_name_without_a_run_is_not_suggested_for_itself(tmp_path: Path) -> None:
    (tmp_path / "digits").mkdir()
    with pytest.raises(SpecError, match=r"no run `digits`: .* holds none") as error:
        find("digits", tmp_path)
    assert "did you mean" not in error.value.diagnostics[0].help


def test_what_is_no_run_is_said(tmp_path: Path) -> None:
    create(tmp_path, "digits", CONTENTS, NOW)
    with pytest.raises(SpecError, match="MS807 there is no run `digts`") as error:
        find("digts", tmp_path)
    assert error.value.diagnostics[0].help == "did you mean `digits`?"
    with pytest.raises(SpecError, match="not a run directory"):
        find(str(tmp_path), tmp_path)


def test_an_unreadable_record_is_a_finding(tmp_path: Path) -> None:
    folder = create(tmp_path, "x", CONTENTS, NOW)
    (folder / "run.json").write_text("{")
    with pytest.raises(SpecError, match="MS807"):
        read_json(folder, "run.json")


def test_a_run_is_for_one_process(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(SpecError, match="another process"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass
