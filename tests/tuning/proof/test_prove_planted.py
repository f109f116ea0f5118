"""Planted faults: each is named, and nothing else is."""

import re
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.tuning.proof import prove as prove_module

from .spaces import planted, proof_of

Fault = frozenset[tuple[int, int]]
_VALUE = re.compile(r"`params\.p(\d): (\d)`|`params\.p(\d)` of ([\d, or]+)")


@st.composite
def spaces(draw: Any, most: int = 3) -> tuple[list[int], list[dict[int, int]]]:
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    faults = []
    for _ in range(draw(st.integers(0, 4))):
        axes = draw(st.sets(st.integers(0, len(sizes) - 1), min_size=1, max_size=most))
        faults.append({axis: draw(st.integers(0, sizes[axis] - 1)) for axis in sorted(axes)})
    return sizes, faults


def named(text: str) -> set[Fault]:
    """The values that the findings name, groups written out."""
    found: set[Fault] = set()
    proof = proof_of(text)
    assert {each.code for each in proof.findings} <= {"MS712", "MS714"}
    for finding in proof.findings:
        if finding.code == "MS714":
            continue
        head = finding.message.partition(": MS204")[0]
        axes = []
        for axis, value, axis_of, values in _VALUE.findall(head):
            numbers = re.findall(r"\d", value or values)
            axes.append([(int(axis or axis_of), int(number)) for number in numbers])
        assert axes
        found |= {frozenset(each) for each in product(*axes)}
    return found


def least(faults: list[dict[int, int]]) -> set[Fault]:
    """The faults, without those that have another one in them."""
    sets = {frozenset(fault.items()) for fault in faults}
    return {each for each in sets if not any(other < each for other in sets)}


@settings(max_examples=40, deadline=None)
@given(spaces())
def test_each_planted_fault_is_named_and_no_other(
    space: tuple[list[int], list[dict[int, int]]],
) -> None:
    sizes, faults = space
    proof = proof_of(planted(sizes, faults))
    combinations = list(product(*map(range, sizes)))
    sets = least(faults)
    bad = [each for each in combinations if any(set(enumerate(each)) >= fault for fault in sets)]
    assert named(planted(sizes, faults)) == sets
    assert proof.whole
    assert (proof.sound.hits, proof.sound.of) == (len(combinations) - len(bad), len(combinations))


@settings(max_examples=15, deadline=None)
@given(spaces(most=2))
def test_a_covering_names_every_value_and_pair(
    space: tuple[list[int], list[dict[int, int]]],
) -> None:
    sizes, faults = space
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prove_module, "MOST_COMBINATIONS", 0)
        proof = proof_of(planted(sizes, faults))
        assert not proof.whole
        assert named(planted(sizes, faults)) == least(faults)


@settings(max_examples=15, deadline=None)
@given(spaces(), st.integers(0, 3))
def test_what_is_named_holds_where_the_files_own_values_are_faulty_too(
    space: tuple[list[int], list[dict[int, int]]], own: int
) -> None:
    sizes, faults = space
    sets = least(faults)
    base = {(axis, own) for axis in range(len(sizes))}
    if any(fault <= base for fault in sets):
        return
    found = named(planted(sizes, faults, own))
    for each in product(*map(range, sizes)):
        values = set(enumerate(each))
        bad = any(fault <= values for fault in sets)
        assert bad == any(culprit <= values for culprit in found)


def test_a_value_that_the_file_has_itself_is_named_where_it_takes_part() -> None:
    assert named(planted([2, 2], [{0: 1, 1: 0}], own=0)) == {frozenset({(0, 1), (1, 0)})}
