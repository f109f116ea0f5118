"""What stands in the schema often is written once, and means the same."""

import json
import random
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from modelspec.schema import json_schema, language, schema_text
from modelspec.schema.shared_definitions import REFERENCE, hoisted

LISTED = {"anyOf": [{"enum": ["x" * 4 * REFERENCE]}, {"type": "null"}]}


def test_what_is_long_and_often_is_hoisted() -> None:
    schema = {"$defs": {}, "properties": {f"p{n}": {**LISTED, "default": n} for n in range(3)}}
    found = hoisted(schema)
    (name,) = found["$defs"]
    assert found["$defs"][name] == LISTED
    assert found["properties"]["p1"] == {"$ref": f"#/$defs/{name}", "default": 1}


def test_what_is_rare_or_short_stays() -> None:
    rare = {"$defs": {}, "properties": {"0": LISTED}}
    assert hoisted(rare) == rare
    short = {"anyOf": [{"type": "null"}]}
    often = {"$defs": {}, "properties": {str(n): short for n in range(9)}}
    assert hoisted(often) == often


def test_every_reference_leads_somewhere() -> None:
    schema = json_schema()
    text = json.dumps(schema)
    names = {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}
    assert names <= schema["$defs"].keys()
    assert "kernel_initializer" in names


def test_the_file_is_small_and_says_the_same() -> None:
    text = schema_text()
    assert json.loads(text) == json_schema()
    assert len(text.encode()) < 300_000


def test_sharing_changes_no_verdict(monkeypatch: Any) -> None:
    monkeypatch.setattr(language, "hoisted", lambda schema: schema)
    plain, shared = (Draft202012Validator(each) for each in (language.json_schema(), json_schema()))
    draw = random.Random(0)
    verdicts = set()
    for path in sorted(Path("specs").glob("*.yaml"), key=lambda path: path.stat().st_size)[:20]:
        spec = yaml.safe_load(path.read_text())
        for _ in range(2):
            verdict = plain.is_valid(spec)
            assert shared.is_valid(spec) == verdict, spec
            verdicts.add(verdict)
            spoil(spec, draw)
    assert verdicts == {True, False}


def spoil(spec: Any, draw: random.Random) -> None:
    """Put something else into one place of a spec."""
    while True:
        key = draw.choice(list(spec) if isinstance(spec, dict) else range(len(spec)))
        if not isinstance(spec[key], dict | list) or not spec[key] or draw.random() < 0.1:
            break
        spec = spec[key]
    spec[key] = draw.choice([None, True, -1, 2.5, "relu", "Dense", [], [1, 2], {}, {"type": "mse"}])
