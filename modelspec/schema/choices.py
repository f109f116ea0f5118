"""What is chosen by its name, alone or with arguments: optimizers, callbacks, losses, metrics."""

from collections.abc import Callable, Iterable, Mapping

from pydantic import BaseModel

from modelspec.schema.declaration import PARAM, Schema, declared, offering, summary_line
from modelspec.training import callbacks, losses, metrics, optimizers, schedules


def optimizer() -> Schema:
    """`adam`, or `{type: adam, beta_1: 0.9}`."""
    others = {"learning_rate": learning_rate()}
    return _chosen(optimizers.classes(), "What updates the weights.", others)


def learning_rate() -> Schema:
    """A number, or `{type: cosine_decay, decay_steps: 1000}`."""
    found = _chosen(schedules.classes(), "How the learning rate changes from step to step.")
    return {
        "if": {"type": "object"},
        "then": found["then"],
        "else": {"anyOf": [{"type": "number", "minimum": 0}, {"type": "null"}, PARAM]},
    }


def callback() -> Schema:
    """`early_stopping`, or `{type: early_stopping, patience: 3}`."""
    return _chosen(callbacks.classes(), "What watches the run.")


def loss() -> Schema:
    """`huber`, or `{type: huber, delta: 2}`; null for none."""
    return _chosen(losses.classes(), "What is minimised.", aliases=losses.aliases, none=True)


def metric() -> Schema:
    """`auc`, or `{type: auc, curve: PR}`."""
    return _chosen(metrics.classes(), "What is measured.", aliases=metrics.aliases)


def _chosen(
    declarations: Mapping[str, type[BaseModel]],
    description: str,
    others: Mapping[str, Schema] | None = None,
    aliases: Callable[[str], Iterable[str]] = lambda _: (),
    *,
    none: bool = False,
) -> Schema:
    """A name, or a mapping with `type` and the arguments of what it names.

    `others` are schemas of arguments that say more than their own; `aliases` gives the further
    names of one; `none`: null may stand there too.
    """
    spelled = {name: (name, *aliases(name)) for name in declarations}
    patterns = {
        name: _any_case(*spelled[name], *(each.replace("_", "") for each in spelled[name]))
        for name in declarations
    }
    names: list[Schema] = [
        {"const": each, "description": summary_line(declaration)}
        for name, declaration in declarations.items()
        for each in spelled[name]
    ]
    named: Schema = {
        "anyOf": [
            *names,
            *({"type": "string", "pattern": each} for each in patterns.values()),
            PARAM,
        ]
    }
    cases = [
        {
            "if": {"properties": {"type": {"pattern": patterns[name]}}, "required": ["type"]},
            "then": declared(declaration, others={"type": {}, **(others or {})}),
        }
        for name, declaration in declarations.items()
    ]
    return offering(
        named,
        {
            "description": description,
            "if": {"type": "object"},
            "then": {"required": ["type"], "properties": {"type": named}, "allOf": cases},
            "else": {"anyOf": [named, {"type": "null"}]} if none else named,
        },
    )


def _any_case(*names: str) -> str:
    """A pattern for these names in any case: JSON Schema's patterns know no such flag."""
    spelled = (
        "".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else c for c in name) for name in names
    )
    return f"^({'|'.join(dict.fromkeys(spelled))})$"
