"""The pages of what training is made of: losses, metrics, optimizers, schedules, callbacks."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from modelspec.cli.pages.markdown import arguments, heading, prose
from modelspec.layers import constraints, initializers, regularizers
from modelspec.layers.choices import Option
from modelspec.schema.declaration import summary_line
from modelspec.training import callbacks, losses, metrics, optimizers, schedules

TARGETS = {
    "numbers": "numbers of the output's own shape",
    "classes": "class indices or one-hot rows",
    "indices": "class indices",
    "binary": "zeros and ones, of the output's own shape",
    "labels": "an integer a row",
    "sequences": "rows of class indices, filled up with 0",
    "": "whatever the output's loss takes",
}


EXAMPLE_ARGUMENTS = {
    "learning_rate": "0.01",
    "initial_learning_rate": "0.01",
    "decay_steps": "1000",
    "first_decay_steps": "1000",
    "decay_rate": "0.9",
    "boundaries": "[1000, 2000]",
    "values": "[0.01, 0.003, 0.001]",
    "recall": "0.8",
    "precision": "0.8",
    "sensitivity": "0.8",
    "specificity": "0.8",
    "num_classes": "3",
    "target_class_ids": "[1]",
}
"""What the arguments that have to be given are in an example."""


class Kind(NamedTuple):
    """One kind of thing: its title, its topics, and a page for one, at a heading's level."""

    title: str
    topics: Callable[[], dict[str, str]]
    page: Callable[..., str | None]


def _loss_topics() -> dict[str, str]:
    return {name: summary_line(found) for name, found in losses.classes().items()}


def _loss_page(topic: str, level: int = 1) -> str | None:
    loss = losses.find(topic)
    if loss is None:
        return None
    name, ends_in = losses.name(topic), loss().ends_in
    activation = f" The output ends in `{ends_in}`." if ends_in else ""
    notes = f"Targets: {TARGETS[loss.targets]}.{activation}{_aliases(losses.aliases(name))}\n"
    example = f"outputs:\n  label: {{loss: {name}}}"
    return _declared_page(loss, f"{name} (loss)", "losses", example, level, notes)


def _metric_topics() -> dict[str, str]:
    return {name: summary_line(found) for name, found in metrics.classes().items()}


def _metric_page(topic: str, level: int = 1) -> str | None:
    metric = metrics.find(topic)
    if metric is None:
        return None
    name = metrics.name(topic)
    better = "Higher" if metric.higher_is_better else "Lower"
    aliases = _aliases(metrics.aliases(name))
    notes = f"Targets: {TARGETS[metric.kind]}. {better} is better.{aliases}\n"
    given = _required(metric)
    written = f"{{type: {name}{given}}}" if given else name
    example = f"outputs:\n  label: {{metrics: [{written}]}}"
    return _declared_page(metric, f"{name} (metric)", "metrics", example, level, notes)


def _optimizer_topics() -> dict[str, str]:
    return {name: summary_line(found) for name, found in optimizers.classes().items()}


def _optimizer_page(topic: str, level: int = 1) -> str | None:
    found = optimizers.find(topic)
    example = f"train:\n  optimizer: {{type: {topic.lower()}, learning_rate: 0.001}}"
    return _declared_page(found, f"{topic.lower()} (optimizer)", "optimizers", example, level)


def _schedule_topics() -> dict[str, str]:
    return {name: summary_line(found) for name, found in schedules.classes().items()}


def _schedule_page(topic: str, level: int = 1) -> str | None:
    found = schedules.find(topic)
    if found is None:
        return None
    name = schedules.name(topic)
    example = f"train:\n  learning_rate: {{type: {name}{_required(found)}}}"
    folder = "optimizers/learning_rate_schedules"
    return _declared_page(found, f"{name} (schedule)", folder, example, level)


def _callback_topics() -> dict[str, str]:
    return {name: summary_line(found) for name, found in callbacks.classes().items()}


def _callback_page(topic: str, level: int = 1) -> str | None:
    found = callbacks.find(topic)
    name = found.type_name if found else ""
    example = f"train:\n  callbacks:\n    - {name}"
    return _declared_page(found, f"{name} (callback)", "callbacks", example, level)


def _required(found: type[Any]) -> str:
    """The arguments that have to be given, `, recall: 0.8`."""
    required = [key for key, field in found.model_fields.items() if field.is_required()]
    return "".join(f", {key}: {EXAMPLE_ARGUMENTS[key]}" for key in required)


def _declared_page(
    found: type[Any] | None, title: str, folder: str, example: str, level: int, notes: str = ""
) -> str | None:
    if found is None:
        return None
    return "\n".join(
        [
            heading(title, level),
            prose(found),
            *([notes] if notes else []),
            arguments(found),
            f"```yaml\n{example}\n```\n",
            f"Keras: <https://keras.io/api/{folder}/{found.keras}>\n" if found.keras else "",
            *([f"Source: <{found.source}>\n"] if found.source else []),
        ]
    )


def _aliases(names: tuple[str, ...]) -> str:
    return f" Also called {', '.join(f'`{name}`' for name in names)}." if names else ""


class _Options(NamedTuple):
    """One kind of option of a weight: where it stands, and what there is of it."""

    kind: str
    table: Mapping[str, type[Option]]

    def topics(self) -> dict[str, str]:
        """All of them, each with a line."""
        return {name: summary_line(found) for name, found in self.table.items()}

    def page(self, topic: str, level: int = 1) -> str | None:
        """The page of one."""
        found = self.table.get(topic.lower())
        if found is None:
            return None
        name = topic.lower()
        example = f"layers:\n  hidden: {{type: Dense, units: 8, kernel_{self.kind}: {name}}}"
        parts = [heading(f"{name} ({self.kind})", level), prose(found)]
        if found.model_fields.keys() - {"type"}:
            parts.append(arguments(found, without=("type",)))
        return "\n".join([*parts, f"```yaml\n{example}\n```\n"])


_INITIALIZERS = _Options("initializer", initializers.MATRICES)
_REGULARIZERS = _Options("regularizer", regularizers.MATRICES)
_CONSTRAINTS = _Options("constraint", constraints.CONSTRAINTS)

KINDS = (
    Kind("Losses", _loss_topics, _loss_page),
    Kind("Metrics", _metric_topics, _metric_page),
    Kind("Optimizers", _optimizer_topics, _optimizer_page),
    Kind("Schedules", _schedule_topics, _schedule_page),
    Kind("Callbacks", _callback_topics, _callback_page),
    Kind("Initializers", _INITIALIZERS.topics, _INITIALIZERS.page),
    Kind("Regularizers", _REGULARIZERS.topics, _REGULARIZERS.page),
    Kind("Constraints", _CONSTRAINTS.topics, _CONSTRAINTS.page),
)
