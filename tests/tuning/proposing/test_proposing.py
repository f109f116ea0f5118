"""What a choice hangs on, and what it does not."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from modelspec.tuning.objectives import Objectives
from modelspec.tuning.proposing.distributions import Coding
from modelspec.tuning.proposing.local import LocalProposer
from modelspec.tuning.proposing.proposal import Known
from modelspec.tuning.proposing.view import View
from modelspec.tuning.space.axes import key
from modelspec.tuning.trials.loop import new_trial

from ..study.test_kills import LIMITS, examine, space

if TYPE_CHECKING:
    from modelspec.tuning.proposing.proposal import Rule

ONE = Objectives(("val_loss",), (False,))


def proposer(rule: Rule, window: int = 1) -> LocalProposer:
    coding = Coding(space(rule))
    settings: dict[str, Any] = {"seed": 3, "population": 4, "pruned": False}
    view = View(coding, ONE, LIMITS)
    return LocalProposer(coding, view, examine, rule=rule, window=window, **settings)


def trained(rule: Rule, count: int, window: int = 1) -> list[Known]:
    asked, known = proposer(rule, window), []
    for number in range(1, count + 1):
        proposal = asked.propose(number, known)
        assert proposal.candidate is not None
        trial = new_trial(number, proposal.candidate, proposal.rejected, 3)
        trial.status = "complete"
        trial.objectives = {"val_loss": abs(math.log(trial.values["n"] / 20))}
        known.append(Known(trial, [{"val_loss": 1.0}], ended=True))
    return known


@pytest.mark.parametrize("rule", ["tpe", "nsga2", "cmaes"])
def test_results_within_the_window_change_nothing(rule: Rule) -> None:
    known = trained(rule, 15, window=4)
    running = [*known[:12], *(Known(replace(each.trial), ()) for each in known[12:])]
    for other in (known, running):
        proposal = proposer(rule, 4).propose(16, other)
        assert proposal.candidate is not None
        found = proposal.candidate.values
        assert key(found) == key(proposer(rule, 4).propose(16, known).candidate.values)  # type: ignore[union-attr]


def test_results_before_the_window_count() -> None:
    known = trained("tpe", 15)
    found = []
    for sign in (1, -1):
        for each in known:
            each.trial.objectives["val_loss"] *= sign
        candidate = proposer("tpe").propose(16, known).candidate
        assert candidate is not None
        found.append(key(candidate.values))
    assert found[0] != found[1]


@pytest.mark.parametrize(("rule", "name"), [("nsga2", "generation"), ("cmaes", "cma:generation")])
def test_samplers_that_keep_state_go_through_generations(rule: Rule, name: str) -> None:
    known = trained(rule, 24)
    asked = proposer(rule)
    asked.propose(25, known)
    generations = [
        value
        for attributes in asked._memory.values()
        for attribute, value in attributes.items()
        if attribute.endswith(name)
    ]
    assert max(generations) >= 1


def test_no_candidate_comes_twice() -> None:
    known = trained("tpe", 30)
    seen = [key(each.trial.values) for each in known]
    seen += [key(rejected.values) for each in known for rejected in each.trial.rejected]
    assert len(seen) == len(set(seen))
