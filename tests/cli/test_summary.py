"""`modelspec summary`."""

import json
from pathlib import Path

from rich.console import Console

from benchmarks.large_specs import VALID
from modelspec import lint
from modelspec.cli.summary import table_of
from modelspec.summary import summarize
from tests.cli.running import Run


def test_a_pipe_gets_a_plain_table_and_the_sums(run: Run) -> None:
    ran = run("summary", "specs/sequential.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert "\x1b" not in ran.out
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["hidden1", "Dense", "[32]", "2,080", "features"] in lines
    assert ["parameters", "3,466", "(0.0139", "MB", "at", "float32)"] in lines
    assert ["trainable", "3,466"] in lines
    assert "sizes" not in ran.out
    assert "T >= 269" in run("summary", "specs/social.yaml").out


def test_shared_layers_have_a_column(run: Run) -> None:
    out = run("summary", "specs/siamese_lstm.yaml").out
    assert "shared with" in out
    assert "right_code (encoder)" in out


def test_json_and_depth(run: Run) -> None:
    data = json.loads(run("summary", "specs/residual.yaml", "--json", "--depth", "0").out)
    assert [node["name"] for node in data["nodes"]][:2] == ["image", "stem"]
    assert {node["level"] for node in data["nodes"]} == {0}


def test_overrides_hold(run: Run) -> None:
    out = run("summary", "specs/residual.yaml", "--json", "--set", "params.depth=1").out
    assert not any(node["name"] == "stage_2" for node in json.loads(out)["nodes"])


def test_a_spec_with_errors_has_no_summary(run: Run, bad: str) -> None:
    ran = run("summary", bad)
    assert (ran.code, ran.out) == (1, "")
    assert "error[unknown-key]" in ran.err


def test_the_table_is_not_wider_than_the_terminal() -> None:
    graph = lint.examine("specs/inception_block.yaml").graph
    assert graph is not None
    for width in (40, 60, 80, 120):
        console = Console(width=width, file=None, record=True, force_terminal=True)
        with console.capture() as captured:
            console.print(table_of(summarize(graph), width))
        plain = Console(width=1000).render_str(captured.get()).plain.splitlines()
        assert all(len(line.rstrip()) <= width for line in plain if "\x1b" not in line)


def test_a_sum_of_many_sizes_is_told_at_some(run: Run, tmp_path: Path) -> None:
    spec = tmp_path / "halved.yaml"
    spec.write_text(VALID["halved"](100))
    (told,) = [line for line in run("summary", str(spec)).out.splitlines() if "FLOPs" in line]
    data = json.loads(run("summary", str(spec), "--json").out)
    count = eval(data["flops"], {"T": 32})
    assert told == f"FLOPs a sample  {count:,} at T = 32; `--json` has the sum"
