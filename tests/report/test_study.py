"""The page of a study: it holds the study's numbers, and lets nothing out of its place."""

from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.report.study import (
    Column,
    ConfirmedContents,
    Objective,
    StudyContents,
    TrialContents,
    study_page,
)
from modelspec.report.study.scale import lines_of, scale_of
from tests.report.pages import parsed, texts
from tests.report.test_page import HOSTILE

COLUMNS = [
    Column("params.filters", low=16, high=128, log=True, whole=True),
    Column("train.optimizer", ("adam", "{type: sgd, momentum: 0.9}")),
    Column("params.depth", low=1, high=4, whole=True),
]


def _trial(number: int, value: float | None, **changes: Any) -> TrialContents:
    given: dict[str, Any] = {
        "number": number,
        "status": "complete",
        "values": {
            "params.filters": 16 + number,
            "train.optimizer": COLUMNS[1].choices[number % 2],
        },
        "objectives": {} if value is None else {"val_accuracy": value},
        "parameters": 1000 * number,
        "epochs": 2,
        "seconds": 2.5,
        "history": [] if value is None else [{"epoch": 1, "val_accuracy": value}],
        "link": f"trials/{number:04d}/report.html",
    }
    return TrialContents(**given | changes)


TRIALS = [
    _trial(1, 0.8125),
    _trial(2, 0.9375, values={"params.filters": 64, "params.depth": 3}),
    _trial(3, 0.25, status="pruned", why="worse than the median"),
    _trial(4, None, status="failed", why="the loss became nan"),
    _trial(5, None, status="running"),
]


def _contents(**changes: Any) -> StudyContents:
    given: dict[str, Any] = {
        "name": "digits",
        "folder": "digits/2026",
        "objectives": [Objective("val_accuracy", higher=True)],
        "columns": COLUMNS,
        "trials": TRIALS,
        "ordered": [2, 1],
        "front": [2],
        "best": 2,
    }
    return StudyContents(**given | changes)


def _page(**changes: Any) -> str:
    return study_page(_contents(**changes))


CONFIRMED = ConfirmedContents(
    trial=2,
    means={"val_accuracy": 0.90625},
    deviations={"val_accuracy": 0.0125},
    repeats=3,
    test={"test_accuracy": 0.875},
    links={"1": "confirm/0002-1/report.html"},
)


def test_it_holds_the_numbers_of_the_study() -> None:
    found = parsed(_page(confirmed=[CONFIRMED], importance={"params.filters": 0.75}))
    assert texts(found, "h2") == [
        "Confirmed", "History", "Importance", "Parallel coordinates", "val_accuracy by path",
        "Trials", "Failures",
    ]  # fmt: skip
    assert texts(found, "b")[:3] == ["0.9375", "0.9062 ± 0.013", "0.875"]
    cells = texts(found, "td")
    for each in ("0.9375", "0.8125", "0.25", "0.9062 ± 0.013", "failed", "pruned", "running"):
        assert each in cells
    assert "75 %" in texts(found, "span")
    assert "trial 3, pruned\nval_accuracy 0.25" in "\n".join(texts(found, "title"))
    assert "the loss became nan" in texts(found, "span")
    links = [each.get("href") for each in found.iter("a")]
    assert {f"trials/{n:04d}/report.html" for n in range(1, 6)} < set(links)
    assert "confirm/0002-1/report.html" in links


def test_trials_stand_in_the_order_of_their_worth() -> None:
    found = parsed(_page())
    rows = [each for each in texts(found, "th") if each.isdigit()]
    assert rows == ["2", "1", "3", "4", "5"]


def test_the_best_so_far_only_rises() -> None:
    trials = [_trial(n, value) for n, value in enumerate([0.5, 0.25, 0.75, 0.6], 1)]
    page = _page(trials=trials, ordered=[3, 4, 1, 2], best=3)
    line = page.partition('class="line validation"')[0].rpartition("d=")[2]
    assert line.count("V") == 1
    page = _page(
        trials=trials, ordered=[2, 1, 4, 3], objectives=[Objective("val_accuracy", higher=False)]
    )
    line = page.partition('class="line validation"')[0].rpartition("d=")[2]
    assert line.count("V") == 1


@pytest.mark.parametrize(
    ("trials", "told"),
    [
        ([], "No trial has begun."),
        ([_trial(1, None, status="failed", why="x")], "No trial has come to its end"),
        ([_trial(1, nan), _trial(2, inf)], "no trial was measured"),
    ],
)
def test_a_study_without_a_best_says_so(trials: list[TrialContents], told: str) -> None:
    page = _page(trials=trials, ordered=[], front=[], best=None, importance="too few")
    assert told in page
    assert "nan" not in page.partition("<table")[0]
    assert parsed(page)


def test_values_of_any_size_are_drawn() -> None:
    for values in ([0.5] * 3, [1e-300, 1.0, 1e300], [-5.0, 0.0, 3.0], [0.0] * 3, [1e18, 1e18 + 1]):
        trials = [_trial(n, value) for n, value in enumerate(values, 1)]
        page = _page(trials=trials, ordered=[each.number for each in trials], best=1)
        assert "nan" not in page
        assert parsed(page)


def test_of_two_objectives_the_front_is_drawn() -> None:
    both = [Objective("val_accuracy", True), Objective("parameters", False)]
    trials = [
        replace(each, objectives={**each.objectives, "parameters": each.parameters})
        for each in TRIALS[:3]
    ]
    found = parsed(_page(objectives=both, trials=trials, front=[2, 1]))
    assert "Front" in texts(found, "h2")
    assert "parameters (less is better)" in texts(found, "text")
    assert texts(found, "td").count("front") == 2
    assert "1000" not in [each for each in texts(found, "td") if "±" in each]
    heads = texts(found, "th")
    assert heads.count("parameters") == 1


def test_what_was_not_started_is_counted_by_its_reason() -> None:
    found = parsed(_page(rejected={"`parameters` is over its limit": 1200}))
    assert "Not started" in texts(found, "h2")
    assert "1,200" in texts(found, "span")


def test_many_trials_stand_behind_a_switch() -> None:
    trials = [_trial(n, n / 1000) for n in range(1, 301)]
    page = _page(trials=trials, ordered=[each.number for each in reversed(trials)], best=300)
    found = parsed(page)
    assert texts(found, "summary") == ["250 more trials"]
    assert len([each for each in texts(found, "th") if each.isdigit()]) == 300


@given(st.text(min_size=1, max_size=30) | st.just(HOSTILE))
@settings(max_examples=15)
def test_no_name_gets_out_of_its_place(name: str) -> None:
    columns = [Column(name, (name, "b")), Column(f"{name}.n", low=1, high=2)]
    trials = [
        replace(each, values={name: name, f"{name}.n": 1.5}, why=name, link=name) for each in TRIALS
    ]
    page = _page(
        name=name,
        folder=name,
        told=name,
        columns=columns,
        trials=[
            replace(e, objectives=dict.fromkeys([name], 0.5) if e.objectives else {})
            for e in trials
        ],
        objectives=[Objective(name, higher=True)],
        importance={name: 1.0},
        importance_told=name,
        confirmed=[replace(CONFIRMED, means={name: 1.0}, test={name: 1.0}, links={name: name})],
        rejected={name: 1},
        spec=name,
        overrides=[name],
        files={name: name},
    )
    assert "<script" not in page
    assert "<img" not in page
    assert not [each for each in parsed(page).iter() if each.get("src")]


def test_lines_of_a_path_keep_its_end() -> None:
    assert lines_of("a.b", 5) == ["a.b"]
    assert lines_of("layers.block_7.kernel.l2", 10) == ["layers", "block_7", "kernel.l2"]
    assert lines_of("a_rather_long_name", 8) == ["…ng_name"]
    assert lines_of("a1.b1.c1.d1", 2, lines=2) == ["…1", "d1"]


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.booleans(), st.booleans(), st.floats(0, 0.1))
def test_a_range_lies_within_its_axis(
    a: float, b: float, log: bool, whole: bool, room: float
) -> None:
    low, high = min(a, b), max(a, b)
    scale = scale_of(Column("a", low=low, high=high, log=log, whole=whole), 10, 110, room=room)
    assert all(9.99 <= scale.at(each) <= 110.01 for each in (low, high))
    assert all(9.9 <= at <= 110.1 for at, _ in scale.ticks())


def test_choices_have_a_place_each() -> None:
    scale = scale_of(Column("a", ("x", "y")), 0, 100)
    assert (scale.at("x"), scale.at("y")) == (25, 75)
    many = scale_of(Column("a", tuple(map(str, range(40)))), 0, 100)
    assert len(many.ticks()) < 15


def test_a_pruned_trial_is_never_the_best_so_far() -> None:
    trials = [_trial(1, 0.5), _trial(2, 0.9, status="pruned"), _trial(3, 0.6), _trial(4, 0.7)]
    page = _page(trials=trials, ordered=[4, 3, 1], best=4)
    line = page.partition('class="line validation"')[0].rpartition("d=")[2]
    assert line.count("V") == 2


@pytest.mark.parametrize("higher", [(a, b) for a in (True, False) for b in (True, False)])
def test_the_stairs_of_a_front_leave_no_room_that_was_reached(higher: tuple[bool, bool]) -> None:
    """Between two trials of the front the stairs turn where the worse of both values meet."""
    beside, below = (Objective(n, h) for n, h in zip(("val_accuracy", "n"), higher, strict=True))
    rising = higher[0] != higher[1]
    ends = [(0.0, 0.0 if rising else 1.0), (1.0, 1.0 if rising else 0.0)]
    trials = [
        _trial(number, value, objectives={"n": n, "val_accuracy": value})
        for number, (n, value) in enumerate(ends, 1)
    ]
    page = _page(objectives=[beside, below], trials=trials, front=[1, 2], ordered=[1, 2], best=1)
    path = page.partition('class="ideal"')[0].rpartition('d="')[2].rstrip('" ')
    goes_up_first = path.index("V") < path.index("H")
    corner_n, corner_value = (ends[0][0], ends[1][1]) if goes_up_first else (ends[1][0], ends[0][1])
    worst = max if not higher[1] else min
    assert corner_n == worst(n for n, _ in ends)
    worst = max if not higher[0] else min
    assert corner_value == worst(value for _, value in ends)
