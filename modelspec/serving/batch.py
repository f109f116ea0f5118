"""Jobs computed together: each is encoded by itself, and no answer depends on the others."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data import Arrays, CellCounts, prediction_lines
from modelspec.data.features import Text
from modelspec.diagnostics import SpecError
from modelspec.serving.description import MOST_COLUMNS
from modelspec.serving.problems import Problem, RequestError, problems_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from modelspec.data.arrays.arrays import Values
    from modelspec.graph.graph import Graph
    from modelspec.runner.inference.predictor import Predictor
    from modelspec.serving.columns import Column
    from modelspec.serving.jobs import Job

    Shapes = tuple[tuple[int, ...], ...]
    Deliver = Callable[[list[tuple[Job, bytes | RequestError]]], None]

_log = logging.getLogger("modelspec.serving")
MOST_JOINED = 256
"""The most rows of jobs that are joined: what `Predictor.predict` computes at once."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A job as arrays, padded as they are where it is predicted by itself.

    Attributes:
        warnings: What is said of its cells, a JSON list.
    """

    job: Job
    arrays: Arrays
    warnings: str

    @property
    def shapes(self) -> Shapes:
        """The shape of a row of each input."""
        return tuple(np.shape(each)[1:] for each in self.arrays.inputs.values())


class BatchPredictor:
    """Answers jobs by one model.

    Args:
        predictor: The model.
        columns: Of a row, by name.
        on_batch: Is told how many rows are computed at once.
    """

    def __init__(
        self, predictor: Predictor, columns: Mapping[str, Column], on_batch: Callable[[int], object]
    ) -> None:
        self._predictor = predictor
        self._columns = columns
        self._on_batch = on_batch
        self._joins = joins(predictor.trained.graph, predictor.trained.preprocessing.features)

    def run(self, jobs: Iterable[Job], deliver: Deliver) -> None:
        """Answer jobs; those of equal shapes are computed together.

        Args:
            jobs: They wait in this order.
            deliver: Gets answers as soon as they are there.
        """
        refused: list[tuple[Job, bytes | RequestError]] = []
        groups: dict[object, list[Encoded]] = {}
        for job in jobs:
            found = self._encoded(job)
            if isinstance(found, RequestError):
                refused.append((job, found))
                continue
            alone = not self._joins or found.arrays.rows > MOST_JOINED
            key = id(found) if alone else (job.threshold, found.shapes)
            groups.setdefault(key, []).append(found)
        if refused:
            deliver(refused)
        for group in groups.values():
            for part in _parts(group):
                deliver(self._answers(part))

    def _encoded(self, job: Job) -> Encoded | RequestError:
        counts, count = CellCounts(), len(job.rows)
        try:
            arrays = self._predictor.encode(job.rows, counts=counts)
            if arrays.rows <= MOST_JOINED:
                inputs, _ = replace(arrays, targets={}).batch(np.arange(arrays.rows))
                arrays = Arrays({**inputs}, {}, arrays.rows)
        except SpecError as error:
            return RequestError(422, problems_of(error.diagnostics, self._columns, count))
        except ValueError as error:
            return RequestError(422, Problem(str(error)))
        except Exception as error:
            return _failure(error)
        lines = replace(counts, notes=[]).lines()
        return Encoded(job, arrays, json.dumps(lines))

    def _answers(self, group: list[Encoded]) -> list[tuple[Job, bytes | RequestError]]:
        """The answers of a group. Where it fails, each job is tried by itself."""
        arrays = _joined(group)
        self._on_batch(arrays.rows)
        try:
            columns = self._predictor.predict(arrays, group[0].job.threshold)
            rows = prediction_lines(columns, MOST_COLUMNS)
        except Exception as error:
            if len(group) > 1:
                return [found for each in group for found in self._answers([each])]
            return [(group[0].job, _failure(error))]
        found: list[tuple[Job, bytes | RequestError]] = []
        start = 0
        for each in group:
            stop = start + each.arrays.rows
            found.append((each.job, _body(rows[start:stop], each.warnings)))
            start = stop
        return found


def joins(graph: Graph, features: Mapping[str, object]) -> bool:
    """Whether the rows of several requests may be computed at once.

    Not where sequences are drawn, which depends on the place of a row among others; nor where they
    are numbers, which are padded to the longest.
    """
    return all(
        output.decode.strategy != "sample" and isinstance(features.get(output.name), Text)
        for output in graph.outputs.values()
        if output.decode
    )


def _failure(error: Exception) -> RequestError:
    _log.error("a request failed", exc_info=error)
    return RequestError(500, Problem("the model failed on these rows; the server's log says how"))


def _parts(group: list[Encoded]) -> Iterator[list[Encoded]]:
    """A group in parts of at most `MOST_JOINED` rows."""
    part: list[Encoded] = []
    rows = 0
    for each in group:
        if part and rows + each.arrays.rows > MOST_JOINED:
            yield part
            part, rows = [], 0
        part.append(each)
        rows += each.arrays.rows
    yield part


def _body(rows: Sequence[str], warnings: str) -> bytes:
    """An answer: JSON objects, and a JSON list of what is said of the request's cells."""
    return f'{{"predictions":[{",".join(rows)}],"warnings":{warnings}}}'.encode()


def _joined(group: list[Encoded]) -> Arrays:
    if len(group) == 1:
        return group[0].arrays
    inputs: dict[str, Values] = {
        name: np.concatenate([each.arrays.inputs[name] for each in group])
        for name in group[0].arrays.inputs
    }
    return Arrays(inputs, {}, sum(each.arrays.rows for each in group))
