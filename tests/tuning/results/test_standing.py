"""Which trials are better than others."""

from math import inf, nan

from hypothesis import given
from hypothesis import strategies as st

from modelspec.tuning.record import Confirmation, Trial
from modelspec.tuning.results.standing import confirmed, dominates, front, losses, ordered
from tests.tuning.studies import study, trial

TWO = study(objective=["val_accuracy", "parameters"], higher=[True, False])
SMALL = st.integers(0, 4).map(float)


def _numbers(trials: list[Trial]) -> list[int]:
    return [each.number for each in trials]


def _two(number: int, accuracy: float, parameters: float) -> Trial:
    return trial(number, 0.0, objectives={"val_accuracy": accuracy, "parameters": parameters})


def test_the_best_come_first_whichever_way_is_better() -> None:
    trials = [trial(1, 0.5), trial(2, 0.75), trial(3, 0.25)]
    assert _numbers(ordered(study(), trials)) == [2, 1, 3]
    assert _numbers(ordered(study(higher=[False]), trials)) == [3, 1, 2]


def test_of_equal_ones_the_smaller_comes_first_then_the_earlier() -> None:
    trials = [trial(1, 0.5), trial(2, 0.5, parameters=10), trial(3, 0.5, parameters=10)]
    assert _numbers(ordered(study(), trials)) == [2, 3, 1]


def test_only_what_came_to_its_end_with_finite_values_has_a_place() -> None:
    others = [
        trial(2),
        trial(3, 0.9, status="pruned"),
        trial(4, 0.9, status="failed"),
        trial(5, nan),
        trial(6, inf),
        trial(7, 0.9, objectives={}),
    ]
    assert _numbers(ordered(study(), [trial(1, 0.5), *others])) == [1]


def test_the_front_comes_first_and_within_it_the_first_objective_decides() -> None:
    trials = [_two(1, 0.5, 10), _two(2, 0.9, 50), _two(3, 0.4, 20), _two(4, 0.9, 60)]
    assert _numbers(front(TWO, trials)) == [2, 1]
    assert _numbers(ordered(TWO, trials)) == [2, 1, 4, 3]


@given(st.lists(st.tuples(SMALL, SMALL), max_size=12))
def test_nothing_dominates_the_front_and_all_else_is_dominated(points: list[tuple]) -> None:
    trials = [_two(number, *point) for number, point in enumerate(points, 1)]
    found = set(_numbers(front(TWO, trials)))
    for each in trials:
        over = [o for o in trials if dominates(_losses(o), _losses(each))]
        assert (each.number in found) == (not over)
    assert sorted(_numbers(ordered(TWO, trials))) == _numbers(trials)


@given(st.lists(st.tuples(SMALL, SMALL), max_size=12), st.randoms())
def test_the_order_does_not_hang_on_that_of_reading(points: list[tuple], random) -> None:
    trials = [_two(number, *point) for number, point in enumerate(points, 1)]
    shuffled = random.sample(trials, len(trials))
    assert _numbers(ordered(TWO, shuffled)) == _numbers(ordered(TWO, trials))


def _losses(each: Trial) -> tuple[float, ...]:
    return losses(TWO, each.objectives)


def _repeat(number: int, repeat: int, value: float, **more) -> Confirmation:
    given = {"status": "complete", "objectives": {"val_accuracy": value}, "seed": repeat}
    return Confirmation(trial=number, repeat=repeat, **given | more)


def test_repeats_are_summed_up_and_the_best_mean_comes_first() -> None:
    repeats = [
        _repeat(1, 1, 0.5),
        _repeat(1, 2, 0.75, test={"test_accuracy": 0.7}),
        _repeat(1, 3, 0.9, status="failed"),
        _repeat(2, 1, 0.875),
        _repeat(3, 1, 0.0, status="running", objectives={}),
    ]
    found = confirmed(study(), [trial(1, 0.9), trial(2, 0.8), trial(3, 0.7)], repeats)
    assert [each.trial for each in found] == [2, 1]
    assert found[0].means == {"val_accuracy": 0.875}
    assert found[0].deviations == {}
    assert found[1].means == {"val_accuracy": 0.625}
    assert abs(found[1].deviations["val_accuracy"] - 0.1767767) < 1e-6
    assert (found[1].repeats, found[1].chosen) == ((1, 2), 2)
    assert found[1].test == {"test_accuracy": 0.7}
