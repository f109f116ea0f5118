"""A spec as an object that can be built, drawn, summed up and printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec import lint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.diagnostics import Diagnostic
    from modelspec.graph import Graph
    from modelspec.language.model import Spec
    from modelspec.plot.options import PlotOptions
    from modelspec.summary import Summary
    from modelspec.torch import SpecModule


class LoadedSpec:
    """A spec without errors.

    Attributes:
        spec: The resolved spec: what the file says.
        graph: What it means: nodes in topological order, with shapes and weights.
        findings: The warnings on it, in file order.
    """

    def __init__(self, spec: Spec, graph: Graph, findings: Sequence[Diagnostic] = ()) -> None:
        self.spec = spec
        self.graph = graph
        self.findings = tuple(findings)

    def __repr__(self) -> str:
        return f"<LoadedSpec {self.name!r}: {len(self.graph.nodes)} nodes>"

    @property
    def name(self) -> str:
        """The spec's name."""
        return self.graph.name

    def build(self, *, seed: int | None = None) -> SpecModule:
        """An ordinary `torch.nn.Module` with new weights; imports torch.

        It takes tensors by position, by keyword or as a dict, each with the batch axis first
        and channels last, and returns a dict of outputs. Its attributes and the keys of its
        `state_dict` are the names of the nodes.

        Args:
            seed: Rules the initial weights; None draws a seed from torch's generator.
        """
        from modelspec.torch import build

        return build(self.graph, seed=seed)

    def code(self) -> str:
        """One Python file that computes what `build` makes, and needs torch only; imports torch."""
        from modelspec.torch import code

        return code(self.graph)

    def draw(self, options: PlotOptions | None = None) -> bytes:
        """The diagram; SVG unless `options` says another format."""
        from modelspec.plot import draw
        from modelspec.plot.options import PlotOptions

        return draw(self.graph, options or PlotOptions(), self.findings)

    def summary(self, depth: int | None = None) -> Summary:
        """Every node with its shape and parameters, and the sums.

        Args:
            depth: How many levels of blocks are opened; None for all.
        """
        from modelspec.summary import summarize

        return summarize(self.graph, depth)

    def render(self) -> str:
        """The resolved spec as YAML: a valid spec that means the same."""
        from modelspec.language import render

        return render(self.spec)


def load(
    file: str,
    *,
    overrides: Sequence[str] = (),
    include_dirs: Sequence[str] = (),
    plugins: Sequence[str] = (),
) -> LoadedSpec:
    """Load a spec.

    Args:
        file: The YAML file.
        overrides: `path=value` texts, as of `--set`: `["params.filters=32"]`.
        include_dirs: Folders that blocks may be read from, beside the file's own.
        plugins: Installed packages whose layers may be used.

    Raises:
        OSError: The file cannot be read.
        SpecError: The spec has errors; its `diagnostics` say which, with their places.
    """
    examined = lint.examine(file, overrides=overrides, include_dirs=include_dirs, plugins=plugins)
    examined.report.raise_if_failed()
    assert examined.spec is not None
    assert examined.graph is not None
    return LoadedSpec(examined.spec, examined.graph, list(examined.report))


def check(
    file: str,
    *,
    overrides: Sequence[str] = (),
    include_dirs: Sequence[str] = (),
    plugins: Sequence[str] = (),
) -> list[Diagnostic]:
    """All findings on a spec, in file order: what `modelspec lint` shows. Empty for a clean one.

    Raises:
        OSError: The file cannot be read.
    """
    examined = lint.examine(file, overrides=overrides, include_dirs=include_dirs, plugins=plugins)
    return list(examined.report)
