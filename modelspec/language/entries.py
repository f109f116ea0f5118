"""The entries under `layers` and `shared`: layers, blocks, calls of shared layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.language.block_calls import call_block
from modelspec.language.describe_values import shown
from modelspec.language.entry import NO_ENTRY, Entry
from modelspec.language.model import Use
from modelspec.language.names import renaming
from modelspec.language.params import BROKEN, has_params, is_broken, mend_param, substitute
from modelspec.language.scope import MAX_REPEAT
from modelspec.language.validation import validated
from modelspec.layers import Layer

if TYPE_CHECKING:
    from collections.abc import Collection

    from modelspec.diagnostics import Diagnostic, Report
    from modelspec.language.context import ReadContext
    from modelspec.language.scope import Scope
    from modelspec.source import Place

_CALL_KEYS = ("use", "trainable", "repeat")


class EntryReader:
    """Reads the entries of one body."""

    def __init__(self, scope: Scope, shared: Collection[str], context: ReadContext) -> None:
        self.scope = scope
        self.shared = shared
        self.context = context
        self.report: Report = context.report
        self.complete = True
        """False where a call of a shared layer was dropped."""

    def read(self, raw: Any, place: Place, *, node: bool = True) -> Entry:
        """One entry. `node` is False under `shared` and inside wrappers."""
        if has_params(raw):
            raw = substitute(raw, self.scope.params, place, self.report)
        if raw is BROKEN:
            return NO_ENTRY
        if isinstance(raw, str):
            return self._typed(raw, {}, place, place, None)
        if not isinstance(raw, dict):
            self.report.add(
                place.finding(
                    "MS203",
                    f"a layer is a mapping with a `type`, or a type's name, not {shown(raw)}",
                    help="write `{type: Dense, units: 32}`, or `Flatten`",
                    key=raw is None,
                )
            )
            return NO_ENTRY
        return self._mapping(raw, place, node)

    def _mapping(self, raw: dict[str, Any], place: Place, node: bool) -> Entry:
        copies = (
            self._count(raw["repeat"], place.at("repeat")) if node and "repeat" in raw else None
        )
        if "use" in raw and "type" not in raw:
            return self._call(raw, place, node)._replace(copies=copies)
        kind = raw.get("type")
        if not isinstance(kind, str):
            self._report_type(kind, raw, place)
            return NO_ENTRY._replace(copies=copies)
        arguments = {
            key: value
            for key, value in raw.items()
            if key != "type" and not (node and key == "repeat")
        }
        return self._typed(kind, arguments, place, place.at("type"), copies)

    def _typed(
        self, kind: str, arguments: dict[str, Any], place: Place, where: Place, copies: int | None
    ) -> Entry:
        block = self.scope.blocks.get(kind)
        if block is not None:
            trainable = self._trainable(arguments.pop("trainable", True), place)
            model = call_block(block, arguments, place, where, self.context)
            return Entry(model, trainable, kind, copies)
        cls = self.context.layer_type(kind)
        if cls is None:
            from modelspec.language.unknown_layer import unknown_layer

            self.report.add(unknown_layer(kind, where, self.scope.blocks, self.context))
            return NO_ENTRY._replace(copies=copies)
        layer = self._layer(cls, arguments, place)
        return Entry(layer, True if layer is None else layer.trainable, "", copies)

    def _layer(self, cls: type[Layer], arguments: dict[str, Any], place: Place) -> Layer | None:
        broken = [key for key, value in arguments.items() if is_broken(value)]
        if "layer" in cls.model_fields and "layer" in arguments and "layer" not in broken:
            inner = self.read(arguments["layer"], place.at("layer"), node=False)
            if inner.what is None:
                broken.append("layer")
            elif not inner.trainable and not hasattr(inner.what, "trainable"):
                self.report.add(_frozen_inside(place))
            elif isinstance(inner.what, Layer) and inner.what.activity_options():
                self.report.add(_cost_inside(place))
            arguments = {**arguments, "layer": inner.what}
        layer = validated(cls, arguments, place, self.report, broken=broken)
        if layer is None and isinstance(arguments.get("layer"), Use):
            self.complete = False
        return layer

    def _call(self, raw: dict[str, Any], place: Place, node: bool) -> Entry:
        for key in raw:
            if key not in _CALL_KEYS or (key == "repeat" and not node):
                self._unknown_call_key(str(key), raw, place)
        trainable = self._trainable(raw.get("trainable", True), place)
        name = raw["use"]
        if name is BROKEN:
            self.complete = False
            return NO_ENTRY
        if isinstance(name, str) and name in self.shared:
            return Entry(Use(name, place), trainable)
        self.complete = False
        where = place.at("use")
        if not isinstance(name, str):
            message = f"`use` is the name of a shared layer, not {shown(name)}"
            self.report.add(where.finding("MS203", message))
            return NO_ENTRY
        near = self.context.suggestions.nearest(name, self.shared)
        help = f"did you mean `{near}`?" if near else "declare it under `shared`"
        self.report.add(
            where.finding(
                "MS301",
                f"`{name}` is not in `shared`",
                help=help,
                fix=renaming(where, near),
            )
        )
        return NO_ENTRY

    def _trainable(self, value: Any, place: Place) -> bool:
        if isinstance(value, bool):
            return value
        if value is not BROKEN:
            message = f"`trainable` is true or false, not {shown(value)}"
            self.report.add(place.at("trainable").finding("MS203", message))
        return True

    def _count(self, value: Any, place: Place) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool):
            if 1 <= value <= MAX_REPEAT:
                return value
            message = f"`repeat` is {value}, and must be from 1 to {MAX_REPEAT:,}"
            self.report.add(place.finding("MS204", message, help=mend_param(place)))
        elif value is not BROKEN:
            message = f"`repeat` is an integer, not {shown(value)}"
            self.report.add(place.finding("MS203", message, help=mend_param(place)))
        return None

    def _unknown_call_key(self, key: str, raw: dict[str, Any], place: Place) -> None:
        near = self.context.suggestions.nearest(key, [k for k in _CALL_KEYS if k not in raw])
        help = f"did you mean `{near}`? " if near else ""
        self.report.add(
            place.at(key).finding(
                "MS201",
                f"`{key}` is not a key of a call",
                help=help + "A shared layer has its arguments under `shared`",
                key=True,
                fix=renaming(place.at(key), near, key=True),
            )
        )

    def _report_type(self, kind: Any, raw: dict[str, Any], place: Place) -> None:
        if kind is BROKEN:
            return
        if "type" in raw:
            message = f"`type` is the name of a layer type, not {shown(kind)}"
            self.report.add(place.at("type").finding("MS203", message))
            return
        near = next(
            (key for key in raw if self.context.suggestions.nearest(str(key), ["type"])), None
        )
        if near is not None:
            where = place.at(near)
            self.report.add(
                where.finding(
                    "MS201",
                    f"`{near}` is not a key of a layer",
                    help="did you mean `type`?",
                    key=True,
                    fix=renaming(where, "type", key=True),
                )
            )
            return
        name = place.path[-1] if place.path else "layer"
        help = "add `type: Dense`, or `use:` and the name of a shared layer"
        self.report.add(place.finding("MS202", f"`{name}` needs a `type`", help=help, key=True))


def _cost_inside(place: Place) -> Diagnostic:
    where = place.at("layer")
    return where.finding(
        "MS201",
        "what the output of a wrapped layer costs is not counted",
        help="write `activity_regularizer` beside the wrapper's `type`",
    )


def _frozen_inside(place: Place) -> Diagnostic:
    where = place.at("layer", "trainable")
    return where.finding(
        "MS201",
        "`trainable` has no effect on what a wrapper calls",
        help="write `trainable: false` beside the wrapper's `type`",
        key=True,
    )
