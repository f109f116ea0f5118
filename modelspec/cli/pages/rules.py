"""The page of a finding: what it means, a spec that has it, what lint says, a spec that is fine."""

from collections.abc import Iterator

from modelspec.cli.pages.markdown import heading, prose
from modelspec.diagnostics import CODES, Severity
from modelspec.diagnostics.codes import Code
from modelspec.diagnostics.render import Style, render
from modelspec.lint import examine, rules
from modelspec.schema.declaration import summary_line

EXAMPLE_FILE = "spec.yaml"
TABLE_HEADER = ("Code", "Name", "Level", "Meaning")

_LEVELS = {
    Severity.ERROR: "An error: `modelspec lint` ends with 1.",
    Severity.WARNING: "A warning: `modelspec lint` ends with 1 under `--strict`.",
    Severity.INFO: "An info: shown where `--select` names it.",
}


def topics() -> dict[str, str]:
    """The codes, each with its name and its rule's first line."""
    return {row.code: f"{row.name}: {_meaning(row)}" for row in CODES.values()}


def names() -> list[str]:
    """The names of all findings."""
    return [row.name for row in CODES.values()]


def table_rows() -> Iterator[tuple[str, str, str, str]]:
    """The catalogue: code, name, level, meaning."""
    for row in CODES.values():
        link = f"[{row.code}](#{row.code.lower()}-{row.name})"
        level = row.severity.value + (" (train)" if row.for_training else "")
        yield link, row.name, level, _meaning(row)


def page(topic: str, level: int = 1) -> str | None:
    """A finding's page, by code or name, or None where there is no such finding."""
    row = next((row for row in CODES.values() if topic.upper() == row.code), None)
    row = row or next((row for row in CODES.values() if topic.lower() == row.name), None)
    if row is None:
        return None
    rule = rules.find(row.code)
    training = " Found only where a spec is about to be trained." if row.for_training else ""
    parts = [
        heading(f"{row.code} {row.name}", level),
        prose(rule) if rule else "",
        _LEVELS[row.severity] + training + "\n",
    ]
    if rule:
        parts += [_failing(text, row) for text in rule.fails[:1]]
        parts += [f"Fine:\n\n{_fenced(text, 'yaml')}" for text in rule.passes[:1]]
    return "\n".join(part for part in parts if part)


def _meaning(row: Code) -> str:
    rule = rules.find(row.code)
    return summary_line(rule) if rule else ""


def _failing(text: str, row: Code) -> str:
    """A spec, and what lint says of it."""
    examined = examine(EXAMPLE_FILE, text=text, training=row.for_training, select=(row.code,))
    findings = [found for found in examined.report if found.code == row.code]
    said = render("full", findings, examined.sources(), Style(width=100))
    return f"{_fenced(text, 'yaml')}\n{_fenced(said, 'text')}"


def _fenced(text: str, language: str) -> str:
    return f"```{language}\n{text.strip(chr(10))}\n```\n"
