"""A spec as an object that can be built, drawn, summed up and printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec import lint
from modelspec.api.origin import Origin, setting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelspec.api.given_data import GivenData
    from modelspec.api.notebook import Findings
    from modelspec.api.run import Run
    from modelspec.diagnostics import Diagnostic
    from modelspec.graph import Graph
    from modelspec.language.model import Spec
    from modelspec.plot.options import PlotOptions
    from modelspec.summary import Summary
    from modelspec.torch import SpecModule
    from modelspec.training.callback import Callback
    from modelspec.tuning.study.job import StudyResult


class LoadedSpec:
    """A spec without errors.

    Attributes:
        spec: The resolved spec: what the file says.
        graph: What it means: nodes in topological order, with shapes and weights.
        findings: The warnings on it, in file order.
        origin: The file that it was loaded from, and how.
    """

    def __init__(
        self,
        spec: Spec,
        graph: Graph,
        findings: Sequence[Diagnostic] = (),
        origin: Origin | None = None,
    ) -> None:
        self.spec = spec
        self.graph = graph
        self.findings = tuple(findings)
        self.origin = origin or Origin(spec.document.file)

    def __repr__(self) -> str:
        return f"<LoadedSpec {self.name!r}: {len(self.graph.nodes)} nodes>"

    def _repr_html_(self) -> str:
        from modelspec.api.notebook import diagram_html

        return diagram_html(self.draw(), self.name)

    @property
    def name(self) -> str:
        """The spec's name."""
        return self.graph.name

    def set(self, path: str, value: object) -> LoadedSpec:
        """The spec with another value in a place: what `--set path=value` does.

        The file is read again; this spec stays as it is.

        Args:
            path: Keys with dots between them: `params.filters`, `train.epochs`.
            value: A number, text, a list, a dict, or None.

        Raises:
            SpecError: There is no such place, or the spec has errors with the value.
            TypeError: It is no value that a spec may hold.
            OSError: The file cannot be read any more.
        """
        asked = self.origin.with_overrides([setting(path, value)])
        return load(asked.file, **asked.options())

    def fit(
        self,
        data: GivenData | None = None,
        validation: float | GivenData | None = None,
        *,
        name: str = "",
        runs_dir: str = "runs",
        device: str = "auto",
        threads: int | None = None,
        quiet: bool = False,
        report: bool = True,
        callbacks: Sequence[Callback] = (),
        say: Callable[[str], object] | None = None,
    ) -> Run:
        """Train the spec, into a run directory, with a report: what `modelspec train` does.

        Rows in memory are kept beside the run, `runs/NAME/rows-HASH.parquet`, so that the run can
        be measured again, and resumed, without Python.

        Args:
            data: A data file, a polars or pandas data frame, a list of dicts, or a dict of columns
                or arrays, with the columns of the spec's data; by default the spec's own data.
            validation: The share of the rows that is measured after every epoch, or rows of their
                own; by default what the spec's `split` says, and where it says nothing 0.2 of
                what is given.
            name: What the run is called; by default, as the spec is.
            runs_dir: The folder of all runs.
            device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.
            threads: Of the CPU; by default what the model is worth.
            quiet: Whether to show no progress.
            report: Whether `report.html` is written at once; `Run.report` writes it else.
            callbacks: Further ones, after those of the spec.
            say: Takes warnings, and what is said apart from progress; standard error by default.

        Raises:
            SpecError: The spec or the data has errors.
            TypeError: The rows are nothing that can be read.
            ValueError: The columns differ in rows, or cannot be kept in a file.
            DeviceError: There is no such device.
            TrainingError: A loss is no longer a finite number, or the disk is full.
            SaveError: The run directory or its report cannot be written.
        """
        from modelspec.api.fitting import fit
        from modelspec.api.run import Run
        from modelspec.api.training import print_to_stderr

        trained = fit(
            self.spec,
            self.origin,
            data,
            validation,
            name=name,
            runs_dir=runs_dir,
            device=device,
            threads=threads,
            quiet=quiet,
            report=report,
            callbacks=callbacks,
            say=say,
        )
        if ending := trained.ending():
            (say or print_to_stderr)(ending)
        assert trained.result.folder
        return Run(trained.result.folder, plugins=self.origin.plugins, device=device)

    def tune(
        self,
        data: GivenData | None = None,
        validation: float | GivenData | None = None,
        **settings: Any,
    ) -> StudyResult:
        """Search for the best values of the spec: what `modelspec tune` does.

        Rows in memory are kept beside the study, as `fit` keeps them beside a run.

        Args:
            data: The rows of all trials, as `fit` takes them; by default the spec's own data.
            validation: As of `fit`.
            settings: Whatever else `modelspec.tune` takes: `trials`, `workers`, `runs_dir`, ...

        Raises:
            SpecError: The spec, its space or its data has errors.
            TuneError: What is asked for does not go together.
            MissingPackageError: Optuna is not installed.
            TypeError: The rows are nothing that can be read.
            ValueError: The columns differ in rows; or the spec is in no file, which trials read.
        """
        from modelspec.api.searching import search

        return search(self.spec, self.origin, data, validation, settings)

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
        from modelspec.memory import spec_memory
        from modelspec.summary import summarize

        return summarize(self.graph, depth, spec_memory(self.spec, self.graph))

    def render(self) -> str:
        """The resolved spec as YAML: a valid spec that means the same."""
        from modelspec.language import render

        return render(self.spec)


def load(
    file: str,
    *,
    text: str | None = None,
    overrides: Sequence[str] = (),
    include_dirs: Sequence[str] = (),
    plugins: Sequence[str] = (),
) -> LoadedSpec:
    """Load a spec.

    Args:
        file: The YAML file.
        text: What it holds, where there is no such file: `file` is then what findings call it,
            and paths in the text are relative to its folder.
        overrides: `path=value` texts, as of `--set`: `["params.filters=32"]`.
        include_dirs: Folders that blocks may be read from, beside the file's own.
        plugins: Installed packages whose layers may be used.

    Raises:
        OSError: The file cannot be read.
        SpecError: The spec has errors; its `diagnostics` say which, with their places.
    """
    examined = lint.examine(
        file, text=text, overrides=overrides, include_dirs=include_dirs, plugins=plugins
    )
    examined.report.raise_if_failed()
    assert examined.spec is not None
    assert examined.graph is not None
    origin = Origin(file, tuple(overrides), tuple(include_dirs), tuple(plugins), text)
    return LoadedSpec(examined.spec, examined.graph, list(examined.report), origin)


def check(
    file: str,
    *,
    overrides: Sequence[str] = (),
    include_dirs: Sequence[str] = (),
    plugins: Sequence[str] = (),
) -> Findings:
    """All findings on a spec, in file order: what `modelspec lint` shows. Empty for a clean one.

    A list of `Diagnostic`s, which a notebook shows as a table.

    Raises:
        OSError: The file cannot be read.
    """
    examined = lint.examine(file, overrides=overrides, include_dirs=include_dirs, plugins=plugins)
    from modelspec.api.notebook import Findings

    return Findings(examined.report)
