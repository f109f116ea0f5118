"""Whatever is done to a spec, examining it ends, and with findings, not with exceptions."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelspec.diagnostics import Severity
from modelspec.lint import examine

HERE = Path(__file__).parent
TEXTS = [file.read_text() for file in sorted(HERE.joinpath("good").glob("*.yaml"))]
WORDS = sorted(
    {word for text in TEXTS for word in text.replace("{", " ").replace(",", " ").split()}
)
SCRAPS = [
    *WORDS,
    "null",
    "[]",
    "{}",
    "-1",
    "0",
    "1e400",
    "$x",
    "${1/0}",
    "*a",
    "&a",
    "!!x",
    "\t",
    "\x00",
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["cut", "put", "swap", "drop-line", "twice", "word"]))
        lines = text.splitlines(keepends=True) or [""]
        at = draw(st.integers(0, len(text)))
        line = draw(st.integers(0, len(lines) - 1))
        match kind:
            case "cut":
                text = text[:at] + text[at + draw(st.integers(1, 12)) :]
            case "put":
                text = text[:at] + draw(st.sampled_from(SCRAPS)) + text[at:]
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[line], lines[other] = lines[other], lines[line]
                text = "".join(lines)
            case "drop-line":
                text = "".join(lines[:line] + lines[line + 1 :])
            case "twice":
                text = "".join(lines[: line + 1] + lines[line:])
            case "word":
                old = draw(st.sampled_from(WORDS))
                text = text.replace(old, draw(st.sampled_from(SCRAPS)), 1)
    return text


@settings(
    max_examples=400, deadline=2000, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(mutated())
def test_a_mutated_spec_ends_in_findings(text: str) -> None:
    for training in (False, True):
        examined = examine("mutated.yaml", text=text, training=training)
        for found in examined.report:
            assert found.message
            assert found.span.line >= 1
            assert found.span.column >= 1
        failed = any(found.severity is Severity.ERROR for found in examined.report)
        assert failed or examined.graph is not None
