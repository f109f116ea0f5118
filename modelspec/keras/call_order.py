"""In which order the calls of a Keras model come."""

from __future__ import annotations

from modelspec.keras.model import BrokenError, KerasModel, Source


def in_order(model: KerasModel, *, by_depth: bool = False) -> list[Source]:
    """The calls that outputs need, each after what it reads.

    Args:
        model: Whose.
        by_depth: In the order in which Keras runs them, which counts where a layer changes the
            masks of what it reads: those farthest from the outputs first.

    Raises:
        BrokenError: They read each other.
    """
    order = _depth_first(model)
    if not (by_depth and model.run_order):
        return order
    needed = set(order)
    return [source for source in model.run_order if source in needed]


def run_order(model: KerasModel) -> list[Source]:
    """All calls that anything needs, in the order in which Keras runs them.

    Raises:
        BrokenError: They read each other.
    """
    return _by_depth(model, _depth_first(model))


def _depth_first(model: KerasModel) -> list[Source]:
    done: dict[Source, None] = {}
    begun: set[Source] = set()
    stack = [(_call(source), False) for source in reversed(model.outputs.values())]
    while stack:
        source, ready = stack.pop()
        if source in done:
            continue
        if ready:
            done[source] = None
            continue
        if source in begun:
            raise BrokenError(f"`{source.layer}` reads what it gives")
        begun.add(source)
        stack.append((source, True))
        read = _reads(model, source)
        stack += [(each, False) for each in reversed(read) if each not in done]
    return list(done)


def _by_depth(model: KerasModel, order: list[Source]) -> list[Source]:
    """What `map_graph` makes of the depth-first order (`keras/src/ops/function.py`).

    All calls of a layer are as deep as the deepest of them that was seen before. Those of one depth
    stand as they were met on the way back from the last output to the first.
    """
    depths: dict[Source, int] = {}
    deepest: dict[str, int] = {}
    for source in reversed(order):
        depth = max(depths.get(source, 0), deepest.get(source.layer, 0))
        depths[source] = deepest[source.layer] = depth
        for each in _reads(model, source):
            depths[each] = max(depths.get(each, 0), depth + 1)
    return sorted(depths, key=lambda source: -depths[source])


def read_values(model: KerasModel) -> set[Source]:
    """The values that anything reads."""
    calls = (call for layer in model.layers.values() for call in layer.calls)
    return {*model.outputs.values(), *(source for call in calls for source in call.sources())}


def _reads(model: KerasModel, source: Source) -> list[Source]:
    """The calls that one call reads."""
    calls = model.layers[source.layer].calls
    return [_call(each) for each in calls[source.call].sources()] if calls else []


def _call(source: Source) -> Source:
    return source._replace(place=0)
