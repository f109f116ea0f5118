"""The members of an ensemble on its page."""

from __future__ import annotations

from modelspec.report.contents import EnsembleContents, EnsembleOutput
from modelspec.report.ensemble import ensemble_drawn, members_told

MEMBERS = [("wide", "runs/wide/1"), ("deep", "runs/deep/1"), ("other", "runs/other/1")]


def test_members_that_count_nothing_are_no_part_of_the_mean() -> None:
    assert members_told(EnsembleContents(MEMBERS)) == "a mean of 3 members"
    outputs = [EnsembleOutput("a", [0.5, 0.5, 0.0]), EnsembleOutput("b", [0.0, 1.0, 0.0])]
    assert members_told(EnsembleContents(MEMBERS, outputs)) == "a mean of 2 of 3 members"


def test_notes_are_sentences() -> None:
    output = EnsembleOutput("a", [1.0, 0.0, 0.0], notes=["all the weight is that of `wide`"])
    text = str(ensemble_drawn(EnsembleContents(MEMBERS, [output], ["it is not measured"])))
    assert "All the weight is that of <code>wide</code>." in text
    assert "It is not measured." in text
