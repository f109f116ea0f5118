"""A mistyped command, option, choice or path leads to the near one."""

from pathlib import Path

import pytest

from modelspec.cli.commands import COMMANDS, Command
from modelspec.cli.group import built
from tests.cli.running import Run

SPEC = """\
version: 1
inputs: {x: [4]}
layers: {y: {type: Dense, units: 2}}
outputs: {y: mse}
"""


def mistyped(word: str) -> str:
    """A word without its last letter but one."""
    return word[:-2] + word[-1]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "runs" / "digits").mkdir(parents=True)
    (tmp_path / "specs" / "digits.yaml").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_options_and_choices_of_each_command(command: Command, run: Run) -> None:
    assert f"Did you mean '{command.name}'?" in run(f"{command.name}{command.name[-1]}").err
    for parameter in built(command).params:
        long = [name for name in (*parameter.opts, *parameter.secondary_opts) if len(name) > 4]
        for option in long if parameter.param_type_name == "option" else ():
            said = run(command.name, mistyped(option))
            assert said.code == 2
            assert option in said.err.partition("Error: ")[2]
        for choice in getattr(parameter.type, "choices", ()):
            written = f"{choice}x"
            given = [long[0], written] if parameter.param_type_name == "option" else [written]
            said = run(command.name, *given)
            assert said.code == 2
            assert f"Did you mean `{choice}`?" in said.err


def test_a_choice_that_is_near_none_names_all(run: Run) -> None:
    said = run("lint", "--format", "zzz").err
    assert "'zzz' is not one of 'full', " in said
    assert "Did you mean" not in said


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("lint spcs", "`specs`"),
        ("lint specs/digits.yaml --set layers.y.unts=3", "`units`"),
        ("plot spcs/digits.yaml", "`specs/digits.yaml`"),
        ("plot specs/digits.yaml -o x.pgn", "`x.png`"),
        ("plot specs/digits.yaml -o spcs/x.png", "`specs`"),
        ("diff specs/digits.yaml specs/digts.yaml", "`specs/digits.yaml`"),
        ("diff specs/digits.yaml dgits", "`digits`"),
        ("summary specs/digits.yaml --include-dir spcs", "`specs`"),
        ("schema -o spcs/x.json", "`specs`"),
        ("tune specs/digits.yaml --resume dgits", "`digits`"),
        ("eval specs/digts.yaml", "`specs/digits.yaml`"),
        ("eval runs/dgits", "`digits`"),
        ("eval digits --runs-dir rns", "`--runs-dir runs`"),
        ("eval digits --data spcs/digits.yaml", "`specs/digits.yaml`"),
        ("predict digits --data specs/digits.yaml -o x.cvs", "`x.csv`"),
        ("export digits -o x.onx", "`x.onnx`"),
        ("export digits -o spcs/x.onnx", "`specs`"),
        ("serve dgits", "`digits`"),
        ("ensemble dgits digits", "`digits`"),
        ("runs --runs-dir rns", "`runs`"),
        ("runs comapre a b", "`compare`"),
        ("runs report dgits", "`digits`"),
        ("explain Densee", "`Dense`"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_paths_and_names(line: str, near: str, run: Run) -> None:
    ran = run(*line.split())
    assert f"did you mean {near}?" in (ran.out + ran.err).replace("Did", "did")
