"""MS715 unsuitable-search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Fix, name_list
from modelspec.lint.logged import broken_metrics, has_validation, logged, logged_metrics, nearest
from modelspec.lint.rule import Rule
from modelspec.training import metrics
from modelspec.training.monitor import higher_is_better

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelspec.diagnostics import Report
    from modelspec.graph import Graph
    from modelspec.language.tune import Space, TuneSettings
    from modelspec.lint.subject import Subject
    from modelspec.source import Place


class UnsuitableSearch(Rule):
    """A search is for what no trial logs, or by a sampler that cannot search its space.

    An objective is a name that a run logs (`val_loss`, `val_accuracy`; with several outputs also
    `val_age_mae`), or `parameters` or `flops`, which are known before a trial: at least one has to
    be logged. `val_` names need validation rows. Which way a metric improves is told by its name,
    so one with a `name` of its own needs one that tells.

    `grid` goes through all combinations, of which a range without `step` has no end. `cmaes` moves
    numbers, knows one objective, and none of two choices that hang on each other.
    """

    code = "MS715"
    passes = (
        """\
inputs: {x: [8]}
layers: {h: {type: Dense, units: 4, activation: relu}, y: {type: Dense, units: 1}}
outputs: {y: {loss: mse, metrics: [mae]}}
tune: {search: {layers.h.units: [4, 8]}, objective: [val_mae, parameters]}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {h: {type: Dense, units: 4, activation: relu}, y: {type: Dense, units: 1}}
outputs: {y: {loss: mse, metrics: [mae]}}
tune: {search: {layers.h.units: [4, 8]}, objective: val_mse}
""",
        """\
inputs: {x: [8]}
layers: {h: {type: Dense, units: 4, activation: relu}, y: {type: Dense, units: 1}}
outputs: {y: mse}
data: {file: rows.npz}
tune: {search: {layers.h.units: [4, 8]}}
""",
        """\
inputs: {x: [8]}
layers: {h: {type: Dense, units: 4, activation: relu}, y: {type: Dense, units: 1}}
outputs: {y: mse}
tune: {search: {train.learning_rate: {float: [0.1, 1]}}, sampler: grid}
""",
        """\
inputs: {x: [8]}
layers: {h: {type: Dense, units: 4, activation: relu}, y: {type: Dense, units: 1}}
outputs: {y: mse}
tune: {search: {layers.h.units: [4, 8]}, objective: parameters}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Hold the objectives against what is logged, the sampler against the space."""
        tune = subject.spec.tune
        if tune is None:
            return
        from modelspec.language.tune import COSTS

        self._sampler(tune, report)
        outputs = subject.graph.outputs.values()
        if not any(output.loss for output in outputs) or any(map(broken_metrics, outputs)):
            return  # that is reported as it is
        validated = has_validation(subject.spec.data)
        names = [name for name, _ in objectives(tune)]
        if set(names) <= set(COSTS):
            verb = "is" if len(names) == 1 else "are"
            message = f"{name_list(names)} {verb} known before anything is trained"
            help = f"name what a trial measures too: `[val_loss, {names[0]}]`"
            report.add(tune.place.at("objective").finding(self.code, message, help=help))
        for index, (name, place) in enumerate(objectives(tune)):
            if name in names[:index]:
                help = "name each objective once"
                message = f"`{name}` is an objective twice"
                report.add(place.finding(self.code, message, help=help))
            elif name not in COSTS:
                self._objective(name, place, subject.graph, report, validated=validated)

    def _objective(
        self, name: str, place: Place, graph: Graph, report: Report, *, validated: bool
    ) -> None:
        from modelspec.language.tune import COSTS

        measured = logged(graph)
        plain = name.removeprefix("val_")
        written = place.document.value(place.path) is not None
        if plain not in measured:
            names = [*(f"val_{each}" for each in measured if validated), *measured, *COSTS]
            near = nearest(name, names)
            fix = Fix(place.span, near, f"search for `{near}`") if near and written else None
            message = f"`{name}` is not logged; a trial logs {name_list(names)}"
            help = f"did you mean `{near}`?" if near else ""
            report.add(place.finding(self.code, message, help=help, fix=fix))
        elif plain != name and not validated:
            message = f"`{name}` is not measured: `data` has no validation rows"
            help = "set `data.split.validation`: validation rows decide which trial is better"
            report.add(place.finding(self.code, message, help=help))
        else:
            metric = logged_metrics(graph).get(plain)
            if metric is not None and metric.higher_is_better != higher_is_better(name):
                called = metrics.called(metric)
                message = f"the name `{name}` does not say which way `{called}` improves"
                help = f"leave out the metric's `name`, or let it end in `{called}`"
                report.add(place.finding(self.code, message, help=help))

    def _sampler(self, tune: TuneSettings, report: Report) -> None:
        from modelspec.language.tune import Choice

        sampler, place = tune.section.sampler, tune.place.at("sampler")
        spaces = list(all_spaces(tune.search))
        numbers = [space for _, space in spaces if not isinstance(space, Choice)]
        endless = next((path for path, space in spaces if space.count is None), None)
        if sampler == "grid" and endless is not None:
            message = f"a grid has no end: `{endless}` is a range of numbers"
            help = "give the range a `step`, name its values in a list, or take another sampler"
        elif sampler == "cmaes" and isinstance(tune.section.objective, list):
            message, help = "`cmaes` knows one objective only", "take `nsga2` or `tpe`"
            if len(tune.section.objective) == 1:
                return
        elif sampler == "cmaes" and len(numbers) < 2:
            message = "`cmaes` moves numbers together, and fewer than two are searched over"
            help = "take `tpe` or `gp`"
        else:
            return
        report.add(place.finding(self.code, message, help=help))


def objectives(tune: TuneSettings) -> Iterator[tuple[str, Place]]:
    """The objectives, and where each stands."""
    written, place = tune.section.objective, tune.place.at("objective")
    if isinstance(written, str):
        yield written, place
    else:
        yield from ((name, place.at(index)) for index, name in enumerate(written))


def all_spaces(search: Mapping[str, Space]) -> Iterator[tuple[str, Space]]:
    """All that is searched over, what hangs on choices too, by path."""
    from modelspec.language.tune import Choice

    for path, space in search.items():
        yield path, space
        for inner in space.inner.values() if isinstance(space, Choice) else ():
            yield from all_spaces(inner)
