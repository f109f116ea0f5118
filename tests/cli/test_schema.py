"""`modelspec schema`."""

import json
from pathlib import Path

from modelspec.schema import json_schema
from tests.cli.running import Run, run_apart


def test_it_is_printed_or_written(run: Run, good: str) -> None:
    assert json.loads(run_apart("schema").out) == json_schema()
    assert run("schema", "-o", "modelspec.schema.json") == (0, "wrote modelspec.schema.json\n", "")
    assert json.loads(Path("modelspec.schema.json").read_text()) == json_schema()


def test_a_path_that_cannot_be_written_is_2(run: Run, good: str) -> None:
    ran = run("schema", "-o", "no/such/folder.json")
    assert ran.code == 2
    assert "cannot write `no/such/folder.json`: there is no folder `no/such`." in ran.err
