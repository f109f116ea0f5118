"""The pages of what training is made of: losses, metrics, optimizers, schedules, callbacks."""

from collections.abc import Callable
from typing import Any, NamedTuple

from modelspec.cli.pages.markdown import arguments, heading, prose
from modelspec.schema.declaration import summary_line
from modelspec.training import callbacks, losses, metrics, optimizers, schedules

TARGETS = {
    "numbers": "numbers of the output's own shape",
    "classes": "class indices or one-hot rows",
    "indices": "class indices",
    "binary": "zeros and ones, of the output's own shape",
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
}
"""What the arguments that a schedule needs are in its example."""


class Kind(NamedTuple):
    """One kind of thing: its title, its topics, and a page for one, at a heading's level."""

    title: str
    topics: Callable[[], dict[str, str]]
    page: Callable[..., str | None]


def _loss_topics() -> dict[str, str]:
    return {loss.name: loss.doc for loss in losses.LOSSES.values()}


def _loss_page(topic: str, level: int = 1) -> str | None:
    loss = losses.find(topic.lower())
    if loss is None:
        return None
    activation = f" The output ends in `{loss.activation}`." if loss.activation else ""
    return "\n".join(
        [
            heading(f"{loss.name} (loss)", level),
            loss.doc + "\n",
            f"Targets: {TARGETS[loss.targets]}.{activation}{_aliases(loss.aliases)}\n",
            f"```yaml\noutputs:\n  label: {{loss: {loss.name}}}\n```\n",
            f"Keras: <https://keras.io/api/losses/{loss.keras}>\n",
        ]
    )


def _metric_topics() -> dict[str, str]:
    return {metric.name: metric.doc for metric in metrics.METRICS.values()}


def _metric_page(topic: str, level: int = 1) -> str | None:
    metric = metrics.find(topic)
    if metric is None:
        return None
    better = "Higher" if metric.higher_is_better else "Lower"
    return "\n".join(
        [
            heading(f"{metric.name} (metric)", level),
            metric.doc + "\n",
            f"Targets: {TARGETS[metric.kind]}. {better} is better.{_aliases(metric.aliases)}\n",
            f"```yaml\noutputs:\n  label: {{metrics: [{metric.name}]}}\n```\n",
            f"Keras: <https://keras.io/api/metrics/{metric.keras}>\n",
        ]
    )


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
    required = [key for key, field in found.model_fields.items() if field.is_required()]
    given = "".join(f", {key}: {EXAMPLE_ARGUMENTS[key]}" for key in required)
    example = f"train:\n  learning_rate: {{type: {name}{given}}}"
    folder = "optimizers/learning_rate_schedules"
    return _declared_page(found, f"{name} (schedule)", folder, example, level)


def _callback_topics() -> dict[str, str]:
    return {
        name: summary_line(found)
        for name in callbacks.names()
        if (found := callbacks.find(name)) is not None
    }


def _callback_page(topic: str, level: int = 1) -> str | None:
    found = callbacks.find(topic)
    name = found.__module__.rpartition(".")[2] if found else ""
    example = f"train:\n  callbacks:\n    - {name}"
    return _declared_page(found, f"{name} (callback)", "callbacks", example, level)


def _declared_page(
    found: type[Any] | None, title: str, folder: str, example: str, level: int
) -> str | None:
    if found is None:
        return None
    return "\n".join(
        [
            heading(title, level),
            prose(found),
            arguments(found),
            f"```yaml\n{example}\n```\n",
            f"Keras: <https://keras.io/api/{folder}/{found.keras}>\n" if found.keras else "",
        ]
    )


def _aliases(names: tuple[str, ...]) -> str:
    return f" Also called {', '.join(f'`{name}`' for name in names)}." if names else ""


KINDS = (
    Kind("Losses", _loss_topics, _loss_page),
    Kind("Metrics", _metric_topics, _metric_page),
    Kind("Optimizers", _optimizer_topics, _optimizer_page),
    Kind("Schedules", _schedule_topics, _schedule_page),
    Kind("Callbacks", _callback_topics, _callback_page),
)
