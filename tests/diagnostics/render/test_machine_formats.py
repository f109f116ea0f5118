"""The formats for programs."""

import json
import re
from typing import Any

from modelspec.diagnostics import Diagnostic, Span
from modelspec.diagnostics.render import FORMATS, render
from tests.diagnostics.render.findings import MISMATCH, WARNING, sources

BOTH = [MISMATCH, WARNING]


def test_concise_is_one_line_a_finding() -> None:
    assert render("concise", BOTH) == (
        "specs/qa.yaml:4:3 MS501 shape-mismatch: `merge` (Add) cannot add `[32]` and `[16]`\n"
        "specs/qa.yaml:3:3 MS704 linear-stack: two layers, no activation: 100%\n"
    )


def test_json_has_the_keys_that_were_promised() -> None:
    found = json.loads(render("json", BOTH))
    assert [entry["code"] for entry in found] == ["MS501", "MS704"]
    assert found[0] == {
        "code": "MS501",
        "name": "shape-mismatch",
        "severity": "error",
        "message": "`merge` (Add) cannot add `[32]` and `[16]`",
        "help": "use `Concatenate`, or give both the same `units`",
        "file": "specs/qa.yaml",
        "line": 4,
        "column": 3,
        "end_line": 4,
        "end_column": 8,
        "path": "layers.merge",
        "related": [
            {
                "message": "this is where 32 comes from",
                "file": "specs/qa.yaml",
                "line": 2,
                "column": 31,
                "end_line": 2,
                "end_column": 33,
            }
        ],
    }


def test_no_findings_are_an_empty_list_to_programs_and_nothing_to_people() -> None:
    assert json.loads(render("json", [])) == []
    assert json.loads(render("sarif", []))["runs"][0]["results"] == []
    assert [render(name, []) for name in ("full", "concise", "github")] == ["", "", ""]


def test_github_commands_are_one_line_and_escaped() -> None:
    odd = Diagnostic("MS201", "50% of\nit", Span("a,b:c.yaml", 1, 2, 3, 4), "mend: it")
    command = re.compile(r"::error ((?:\w+=[^,:]*,?)+)::([^\n]*)\n")
    match = command.fullmatch(render("github", [odd]))
    assert match
    properties = dict(pair.split("=") for pair in match[1].split(","))
    assert properties == {
        "file": "a%2Cb%3Ac.yaml",
        "line": "1",
        "endLine": "3",
        "col": "2",
        "endColumn": "4",
        "title": "MS201 unknown-key",
    }
    assert match[2] == "50%25 of%0Ait%0Ahelp: mend: it"
    assert render("github", [WARNING]).startswith("::warning ")


def test_sarif_names_rules_places_and_fixes() -> None:
    log = json.loads(render("sarif", BOTH, sources()))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result, found in zip(run["results"], BOTH, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == found.code
        assert result["level"] == found.severity.value
        assert region_of(result["locations"][0]) == list(found.span[1:])
    first = run["results"][0]
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "specs/qa.yaml"
    assert region_of(first["relatedLocations"][0]) == [2, 31, 2, 33]
    (change,) = first["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == "Concatenate"


def test_sarif_uris_are_encoded() -> None:
    found = [Diagnostic("MS211", "m", Span(file)) for file in ("./a b.yaml", "/tmp/ü.yaml")]
    results = json.loads(render("sarif", found))["runs"][0]["results"]
    uris = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results
    ]
    assert uris == ["a%20b.yaml", "file:///tmp/%C3%BC.yaml"]


def test_each_format_takes_any_text() -> None:
    odd = Diagnostic("MS201", "\ud7ff\x00\x1b\n`", Span("\x1b", 1, 1, 1, 1), "\x1b")
    for name in FORMATS:
        assert "\x1b" not in render(name, [odd]) or name in ("github",)


def region_of(location: dict[str, Any]) -> list[int]:
    region = location["physicalLocation"]["region"]
    return [region[key] for key in ("startLine", "startColumn", "endLine", "endColumn")]
