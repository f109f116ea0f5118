"""The `outputs` section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.language.edges import read_endpoint
from modelspec.language.model import Endpoint, Output
from modelspec.language.names import check_name
from modelspec.language.params import BROKEN, is_broken, substitute
from modelspec.language.sections import BlockOutputSection, PlainOutputSection
from modelspec.language.typed import typed
from modelspec.language.validation import validated
from modelspec.training import losses, metrics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.diagnostics import Report
    from modelspec.language.nodes import Nodes
    from modelspec.source import Place
    from modelspec.training.losses import Loss
    from modelspec.training.metrics import Metric


_PLAIN = {field.alias or name for name, field in PlainOutputSection.model_fields.items()}


class OutputReader:
    """Reads the outputs of one body.

    Args:
        spec: Whether it is the body of a spec, not of a block.
        trained: Whether they have losses: those of a spec, not those of a block.
    """

    def __init__(
        self, params: Mapping[str, Any], nodes: Nodes, report: Report, *, trained: bool, spec: bool
    ) -> None:
        self.params = params
        self.nodes = nodes
        self.report = report
        self.trained = trained
        self.spec = spec
        self.complete = True

    def read(self, section: Any, place: Place) -> dict[str, Output]:
        """The outputs by name."""
        found: dict[str, Output] = {}
        if isinstance(section, dict):
            for name, raw in section.items():
                self._named(name, raw, place.at(name), found)
        elif isinstance(section, list):
            for index, name in enumerate(section):
                where = place.at(index)
                if not self._is_name(name, where):
                    continue
                if name in found:
                    self.report.add(where.finding("MS302", f"`{name}` is listed twice"))
                else:
                    self._add(Output(name, self._by_name(name, where), where), found)
        return found

    def _is_name(self, name: Any, where: Place) -> bool:
        named = check_name(name, "an output", where, self.report)
        self.complete &= named
        return named

    def _named(self, name: Any, raw: Any, where: Place, found: dict[str, Output]) -> None:
        if not self._is_name(name, where):
            return
        value = substitute(raw, self.params, where, self.report)
        if value is None:
            value = {}
        if isinstance(value, str):
            loss = self._loss(value, where) if self._may_train(where) else None
            self._add(Output(name, self._by_name(name, where), where, loss), found)
        elif value is BROKEN:
            self._add(Output(name, self._by_name(name, where), where), found)
        else:
            self._add(self._described(name, value, where), found)

    def _described(self, name: str, value: Any, where: Place) -> Output:
        entries = value if isinstance(value, dict) else {}
        broken = [key for key, inner in entries.items() if is_broken(inner)]
        section = validated(self._keys(value), value, where, self.report, broken=broken)
        source = entries.get("from")
        if isinstance(source, str):
            endpoint = self._from(source, where.at("from"))
        elif "from" in entries:
            endpoint = None
        else:
            endpoint = self._by_name(name, where)
        output = Output(name, endpoint or Endpoint(""), where)
        if not (self.spec and self.trained):
            return output
        sound = {key: inner for key, inner in entries.items() if key not in broken}
        loss = self._loss(sound.get("loss"), where.at("loss"))
        items = sound.get("metrics")
        measured = self._metrics(items if isinstance(items, list) else [], where.at("metrics"))
        if not isinstance(section, PlainOutputSection):
            return output
        return Output(
            name,
            output.source,
            where,
            loss,
            section.weight,
            tuple(metric for metric, _ in measured),
            dict(section.class_weight),
            getattr(section, "decode", None),
            tuple(place for _, place in measured),
            getattr(section, "decision", None),
        )

    def _keys(self, value: Any) -> type[BlockOutputSection]:
        """What declares the keys of an output; all of them only where others are written."""
        if not self.spec:
            return BlockOutputSection
        if isinstance(value, dict) and value.keys() <= _PLAIN:
            return PlainOutputSection
        from modelspec.language.output_section import OutputSection

        return OutputSection

    def _loss(self, value: object, where: Place) -> Loss | None:
        return typed(value, "loss", losses, where, self.report, code="MS206")

    def _metrics(self, items: list[Any], where: Place) -> list[tuple[Metric, Place]]:
        """The metrics that are not broken, and where each stands."""
        found: dict[str, tuple[Metric, Place]] = {}
        for index, item in enumerate(items):
            metric = typed(item, "metric", metrics, where.at(index), self.report, code="MS206")
            if metric is None:
                continue
            name = metric.name or (item if isinstance(item, str) else item["type"])
            if name in found or name == "loss":
                self._report_taken(name, where.at(index))
            else:
                found[name] = (metric.model_copy(update={"name": name}), where.at(index))
        return list(found.values())

    def _report_taken(self, name: str, where: Place) -> None:
        message = f"two metrics are called `{name}`"
        if name == "loss":
            message = "`loss` is what the logs call the loss"
        help = "give this one a `name` of its own, `{type: ..., name: ...}`"
        self.report.add(where.finding("MS302", message, help=help))

    def _add(self, output: Output, found: dict[str, Output]) -> None:
        if output.source.node:
            found[output.name] = output
        else:
            self.complete = False

    def _may_train(self, where: Place) -> bool:
        if self.spec:
            return self.trained
        help = "name a node's output with `from:`"
        self.report.add(where.finding("MS203", "an output of a block has no loss", help=help))
        return False

    def _by_name(self, name: str, where: Place) -> Endpoint:
        """The node of the output's own name."""
        if name in self.nodes:
            return Endpoint(self.nodes.leave(name))
        if not self.nodes.is_dropped(name):
            is_shared = self.nodes.what(name) == "a shared layer"
            near = None if is_shared else self.nodes.nearest(name)
            help = f"did you mean `{near}`? If not, say" if near else "say"
            self.report.add(
                where.finding(
                    "MS301",
                    f"output `{name}` has no node of that name",
                    help=f"{help} where it comes from: `{name}: {{from: {near or 'node'}}}`",
                    key=True,
                )
            )
        return Endpoint("")

    def _from(self, text: str, where: Place) -> Endpoint | None:
        endpoint = read_endpoint(text)
        if endpoint is None:
            if not self.nodes.is_dropped(text.partition(".")[0]):
                message = f"`{text}` is neither a node nor a node's port"
                help = "write `node` or `node.port`"
                self.report.add(where.finding("MS308", message, help=help))
            return None
        if endpoint.node in self.nodes:
            return Endpoint(self.nodes.leave(endpoint.node), endpoint.port)
        if not self.nodes.is_dropped(endpoint.node):
            self.nodes.report_undefined(
                endpoint.node, where, where.within(0, len(endpoint.node)), "`from` names"
            )
        return None
