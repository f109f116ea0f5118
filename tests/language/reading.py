"""Reading specs in tests: texts whose marks say where the finding must be."""

from collections.abc import Sequence

from modelspec.diagnostics import Diagnostic, Report
from modelspec.diagnostics.fixes import apply_fixes
from modelspec.diagnostics.sources import Sources
from modelspec.language import Model, Spec, read
from modelspec.source import parse
from tests.source.marks import unmark


def read_text(
    text: str, *overrides: str, file: str = "spec.yaml", include_dirs: Sequence[str] = ()
) -> tuple[Spec | None, list[Diagnostic]]:
    """A spec, and all findings."""
    report = Report()
    document = parse(text, file, report)
    spec = document and read(document, report, overrides=overrides, include_dirs=include_dirs)
    return spec or None, list(report)


def clean(text: str, *overrides: str) -> Spec:
    """A spec that has no findings."""
    spec, found = read_text(text, *overrides)
    assert spec is not None
    assert found == []
    assert spec.model.complete
    return spec


def model(text: str, *overrides: str) -> Model:
    """The model of a spec that has no findings."""
    return clean(text, *overrides).model


def finding(marked: str, *overrides: str) -> Diagnostic:
    """The one finding of a spec, which must be at the marked place."""
    text, spans = unmark(marked)
    _, found = read_text(text, *overrides)
    assert len(found) == 1, [(str(each.span), each.code, each.message) for each in found]
    if spans:
        assert found[0].span == spans[0], found[0]
    return found[0]


def fixed(marked: str) -> str:
    """A spec with its one finding mended; it must have no findings then."""
    text, _ = unmark(marked)
    found = finding(marked)
    after, done = apply_fixes("spec.yaml", [found], Sources({"spec.yaml": text}))
    assert done, found
    clean(after)
    return after


def edges(body: Model) -> list[str]:
    """The edges as texts."""
    return [f"{edge.source} -> {edge.target}" for edge in body.edges]


def chain(layers: str, rest: str = "") -> str:
    """A spec of an input `x`, a chain of the given layers, and a last one, the output `out`."""
    layers = f"{layers}, out: {{type: Dense, units: 1}}"
    return f"inputs: {{x: [8]}}\nlayers: {{{layers}}}\noutputs: [out]\n{rest}"
