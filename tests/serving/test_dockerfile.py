"""A Dockerfile: what it copies is what serving reads, and what it starts is what was asked for."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from modelspec.cli import main
from modelspec.diagnostics import SpecError
from modelspec.runner.inference.trained_model import TrainedModel
from modelspec.runner.run import directory
from modelspec.serving.dockerfile import DockerfileError, dockerfile, image_files
from tests.serving import models

if TYPE_CHECKING:
    from pathlib import Path


def _as_run(trained: TrainedModel, folder: Path) -> TrainedModel:
    """A model in a run directory, whose spec names data that is not there."""
    contents = directory.Contents(
        spec=trained.spec.document.text,
        sources={},
        record={"name": trained.spec.name, "folder": "/nowhere"},
        environment={},
        preprocessing=trained.preprocessing.to_dict(),
    )
    path = directory.create_at(folder / "the run", contents)
    shutil.copy(trained.weights, path / "best.safetensors")
    return TrainedModel.from_run(path)


def _instructions(text: str) -> dict[str, list[str]]:
    """What stands behind each keyword of a Dockerfile."""
    found: dict[str, list[str]] = {}
    for line in text.replace("\\\n", " ").splitlines():
        keyword, _, rest = line.partition(" ")
        if keyword and not keyword.startswith("#"):
            found.setdefault(keyword, []).append(" ".join(rest.split()))
    return found


def _command(text: str) -> list[str]:
    (given,) = _instructions(text)["ENTRYPOINT"]
    command: list[str] = json.loads(given)
    return command


@pytest.fixture
def run(customers: TrainedModel, tmp_path: Path) -> TrainedModel:
    return _as_run(customers, tmp_path)


def test_what_is_copied_serves_alone(run: TrainedModel, tmp_path: Path) -> None:
    assert run.run
    (copy,) = _instructions(dockerfile(run))["COPY"]
    option, *names, target = copy.split()
    assert (option, target) == ("--chown=10001:10001", "/model/")
    alone = tmp_path / "model"
    alone.mkdir()
    for name in names:
        shutil.copy(run.run / name, alone)
    rows: list[dict[str, Any]] = [
        {"minutes": None, "calls": 2, "plan": "b", "town": "oslo", "since": "2015-03-11"}
    ]
    expected = models.predicted(run, rows, tmp_path)
    assert models.predicted(TrainedModel.from_run(alone), rows, tmp_path) == expected
    for name in names:
        (alone / name).rename(tmp_path / name)
        with pytest.raises((SpecError, FileNotFoundError)):
            TrainedModel.from_run(alone)
        (tmp_path / name).rename(alone / name)


def test_it_stops_by_a_signal_and_is_no_root(run: TrainedModel) -> None:
    text = dockerfile(run, 9000)
    found = _instructions(text)
    assert found["USER"] == ["10001:10001"]
    assert found["EXPOSE"] == ["9000"]
    *_, check = found["HEALTHCHECK"][0].partition("CMD ")
    assert "http://127.0.0.1:9000/health" in json.loads(check)[-1]
    compile(json.loads(check)[-1], "check", "exec")
    expected = ["modelspec", "serve", "/model", "--host", "0.0.0.0", "--port", "9000"]
    assert _command(text) == expected
    assert list(found)[:2] == ["FROM", "ENV"]
    assert found["FROM"][0] == "scratch AS wheels"


def test_packages_are_those_that_the_model_needs(
    run: TrainedModel, photos: TrainedModel, tmp_path: Path
) -> None:
    (tmp_path / "photos").mkdir()
    torch_line, wheel_line, _ = _instructions(dockerfile(run))["RUN"]
    assert re.search(r"--index-url \S+/cpu torch==\d+\.\d+\.\d+$", torch_line)
    assert re.search(r"'/wheels/modelspec-[\d.]+-py3-none-any\.whl\[serve\]'$", wheel_line)
    pictures = dockerfile(_as_run(photos, tmp_path / "photos"))
    assert ".whl[images,serve]'" in pictures


def test_a_run_in_an_odd_folder_stays_in_its_comment(
    customers: TrainedModel, tmp_path: Path
) -> None:
    odd = tmp_path / "a\nRUN evil"
    odd.mkdir()
    assert (
        _instructions(dockerfile(_as_run(customers, odd)))["RUN"]
        == (_instructions(dockerfile(_as_run(customers, tmp_path)))["RUN"])
    )


def test_only_a_run_and_its_own_weights_make_an_image(
    customers: TrainedModel, run: TrainedModel
) -> None:
    with pytest.raises(DockerfileError, match="made of a run"):
        dockerfile(customers)
    with pytest.raises(DockerfileError, match="is not its `best` or `last`"):
        image_files(replace(run, weights=customers.weights))
    with pytest.raises(DockerfileError, match="port"):
        dockerfile(run, 0)


def test_the_command_prints_it_with_its_own_options(
    run: TrainedModel, capsys: pytest.CaptureFixture[str]
) -> None:
    words = shlex.split(
        "--dockerfile --port 90 --max-body 10MB --threshold 0.25 -q --output hidden"
    )
    assert main(["serve", str(run.run), *words]) == 0
    assert _command(capsys.readouterr().out)[3:] == [
        *("--host", "0.0.0.0", "--port", "90", "--max-body", "10MB"),
        *("--output", "hidden", "--threshold", "0.25", "--quiet"),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--device cuda", "CPUs only"),
        ("--host 10.0.0.1", "docker run -p"),
        ("--port 0", "the port of a container"),
        ("--max-body much", "--max-body"),
    ],
)
def test_options_that_no_container_has_are_refused(
    run: TrainedModel, words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", str(run.run), "--dockerfile", *words.split()]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert not captured.out
