"""The ids of the tokens that begin and end a generated sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.data.features import Text
from modelspec.graph.decoding import SpecialTokens

if TYPE_CHECKING:
    from modelspec.data import Preprocessing
    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Graph, GraphOutput
    from modelspec.source import Place


def feed_inputs(graph: Graph) -> frozenset[str]:
    """The inputs that are fed the tokens generated so far."""
    return frozenset(output.decode.feed for output in graph.outputs.values() if output.decode)


def special_tokens(
    output: GraphOutput, preprocessing: Preprocessing, report: Report
) -> SpecialTokens | None:
    """The ids of the first and the last token of an output with `decode`. None after a finding.

    Args:
        output: One with `decode`.
        preprocessing: Its features know the ids of tokens.
        report: Gets what is wrong: text where there is no vocabulary, or two vocabularies.
    """
    decode = output.decode
    assert decode is not None
    place = output.place.at("decode")
    feed_feature = preprocessing.features.get(decode.feed)
    output_feature = preprocessing.features.get(output.name)
    if (
        isinstance(feed_feature, Text)
        and isinstance(output_feature, Text)
        and not _same(feed_feature, output_feature)
    ):
        message = f"`{output.name}` and `{decode.feed}` number their tokens in two ways"
        help = "give both the same `column`, `tokenizer`, `vocabulary`, `start` and `stop`"
        report.add(place.finding("MS609", message, key=True, help=help))
        return None
    start = _id(decode.start, feed_feature, place.at("start"), report)
    stop = -1 if decode.stop is None else _id(decode.stop, feed_feature, place.at("stop"), report)
    return None if start is None or stop is None else SpecialTokens(start, stop)


def _same(feed_feature: Text, output_feature: Text) -> bool:
    return (feed_feature.tokens, feed_feature.rules) == (
        output_feature.tokens,
        output_feature.rules,
    )


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
