"""What decoding needs to know of the tokens: their ids at both ends. No torch here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.data.features import Text

if TYPE_CHECKING:
    from modelspec.data import Preprocessing
    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Graph, GraphOutput
    from modelspec.source import Place


class Ends(NamedTuple):
    """The ids that a sequence begins and ends with; `stop` -1 for none."""

    start: int
    stop: int


def fed_inputs(graph: Graph) -> frozenset[str]:
    """The inputs that are given what has been said so far."""
    return frozenset(output.decode.feed for output in graph.outputs.values() if output.decode)


def ends_of(output: GraphOutput, preprocessing: Preprocessing, report: Report) -> Ends | None:
    """The ids at both ends of what an output says. None after a finding.

    Args:
        output: One with `decode`.
        preprocessing: Its features know the ids of tokens.
        report: Gets what is wrong: text where there is no vocabulary, or two vocabularies.
    """
    decode = output.decode
    assert decode is not None
    place = output.place.at("decode")
    heard = preprocessing.features.get(decode.feed)
    spoken = preprocessing.features.get(output.name)
    if isinstance(heard, Text) and isinstance(spoken, Text) and not _same(heard, spoken):
        message = f"`{output.name}` and `{decode.feed}` number their tokens in two ways"
        help = "give both the same `column`, `tokenizer`, `vocabulary`, `start` and `stop`"
        report.add(place.finding("MS609", message, key=True, help=help))
        return None
    start = _id(decode.start, heard, place.at("start"), report)
    stop = -1 if decode.stop is None else _id(decode.stop, heard, place.at("stop"), report)
    return None if start is None or stop is None else Ends(start, stop)


def _same(heard: Text, spoken: Text) -> bool:
    return (heard.tokens, heard.rules) == (spoken.tokens, spoken.rules)


def _id(token: str | int, feature: object, place: Place, report: Report) -> int | None:
    if isinstance(token, int):
        return token
    if not isinstance(feature, Text):
        help = "write the token's integer, or declare the input's column with `type: text`"
        report.add(place.finding("MS609", f"`{token}` is text, and the input is not", help=help))
        return None
    known = feature.codec
    if token in feature.tokens or (feature.rules and known.id(token) >= 0):
        return known.id(token)
    help = "set `start` and `stop` of the feature too, so that they stand around every row"
    report.add(place.finding("MS609", f"`{token!r}` is no token of the vocabulary", help=help))
    return None
