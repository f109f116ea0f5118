"""Alternatives that stand in the schema often are written once, and mean the same."""

import json

from modelspec.schema import json_schema
from modelspec.schema.shared_definitions import LONG, OFTEN, hoisted

LISTED = {"anyOf": [{"enum": ["x" * LONG]}, {"type": "null"}]}


def test_what_is_long_and_often_is_hoisted() -> None:
    schema = {"$defs": {}, "properties": {str(n): {**LISTED, "default": n} for n in range(OFTEN)}}
    found = hoisted(schema)
    (name,) = found["$defs"]
    assert found["$defs"][name] == LISTED
    assert found["properties"]["1"] == {"$ref": f"#/$defs/{name}", "default": 1}


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
    assert any(name.startswith("choice_") for name in names)
