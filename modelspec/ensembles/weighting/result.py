"""What was found to be the weights of an output's members, and what they are worth."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, TypeAlias

How: TypeAlias = Literal["uniform", "fit", "greedy"]
"""How weights are chosen."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that weights were fitted or measured on.

    Attributes:
        part: Whose they are: `validation`, `test`, or `half of validation`.
        count: How many.
    """

    part: str
    count: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the table: a member alone, or a mean of all of them.

    Attributes:
        name: Of the member; `uniform`, `fit`, `greedy`, `calibrated`.
        weights: One a member; they sum to 1.
        values: By metric, on the rows that nothing was fitted on. Empty where there are none.
    """

    name: str
    weights: tuple[float, ...]
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class Reliability:
    """Predicted probabilities in intervals of one width, beside what came true.

    Attributes:
        edges: `intervals + 1` of them, from 0 to 1.
        counts: How many predictions each interval has.
        predicted: Their mean; None of none.
        observed: The share that came true; None of none.
        error: The expected calibration error: the mean distance of both, weighed by the counts.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    predicted: tuple[float | None, ...]
    observed: tuple[float | None, ...]
    error: float


@dataclass(frozen=True, slots=True)
class Calibrated:
    """One temperature, and whether probabilities can be taken at their word without and with it.

    Attributes:
        temperature: The logarithms of the mean's probabilities are divided by it; above 1 they
            come nearer to each other.
        before: Without it.
        after: With it. Both are of the rows that nothing was fitted on.
    """

    temperature: float
    before: Reliability
    after: Reliability


@dataclass(frozen=True, slots=True)
class Weighting:
    """The weights of the members for one output.

    Attributes:
        weights: One a member, in their order; none negative, their sum is 1.
        how: How they were chosen.
        method: By which algorithm; empty for `uniform`.
        objective: What was minimised: `log loss`, `squared error`, or what the loss is called.
        fitted: The rows that weights and temperature were fitted on; None for none.
        measured: The rows of the table; None where no row is left that no member has seen.
        table: Each member alone, the uniform mean, then what was chosen.
        calibrated: The temperature, where one was asked for.
        notes: What has to be said of it, a sentence each.
    """

    weights: tuple[float, ...]
    how: How = "uniform"
    method: str = ""
    objective: str = ""
    fitted: Rows | None = None
    measured: Rows | None = None
    table: tuple[Compared, ...] = ()
    calibrated: Calibrated | None = None
    notes: tuple[str, ...] = ()

    @property
    def temperature(self) -> float:
        """What the logarithms of the mean's probabilities are divided by."""
        return self.calibrated.temperature if self.calibrated else 1.0

    def as_data(self) -> dict[str, Any]:
        """The same as JSON data."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """The weighting that `as_data` wrote.

        Raises:
            KeyError: Something is missing.
            TypeError: Something is of another type.
            ValueError: The weights are none.
        """
        weights = tuple(float(each) for each in data["weights"])
        if not weights or min(weights) < 0 or abs(sum(weights) - 1) > 1e-6:
            raise ValueError(f"{list(weights)} are no weights of a mean")
        calibrated = data["calibrated"]
        table = [
            Compared(str(each["name"]), tuple(each["weights"]), dict(each["values"]))
            for each in data["table"]
        ]
        return cls(
            weights=weights,
            how=data["how"],
            method=str(data["method"]),
            objective=str(data["objective"]),
            fitted=_rows(data["fitted"]),
            measured=_rows(data["measured"]),
            table=tuple(table),
            calibrated=calibrated
            and Calibrated(
                float(calibrated["temperature"]),
                _reliability(calibrated["before"]),
                _reliability(calibrated["after"]),
            ),
            notes=tuple(data["notes"]),
        )


def uniform(members: int) -> Weighting:
    """The mean of all members."""
    return Weighting((1 / members,) * members)


def _rows(data: dict[str, Any] | None) -> Rows | None:
    return None if data is None else Rows(str(data["part"]), int(data["count"]))


def _reliability(data: dict[str, Any]) -> Reliability:
    edges, counts, predicted, observed = (
        tuple(data[key]) for key in ("edges", "counts", "predicted", "observed")
    )
    return Reliability(edges, counts, predicted, observed, float(data["error"]))
