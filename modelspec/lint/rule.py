"""What a rule is: its documentation, its examples, and its check where it has one here."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.lint.subject import Subject


class Rule:
    """One finding of the catalogue.

    The docstring of a subclass is what `modelspec explain` prints: what is wrong in one line,
    then why it matters and how to mend it. A rule under `rules/checked` finds it; those under
    `rules/documented` are found by the rooms below, while they read.
    """

    code: ClassVar[str]
    passes: ClassVar[tuple[str, ...]] = ()
    """Specs that look alike and are fine."""
    fails: ClassVar[tuple[str, ...]] = ()
    """Specs with this finding and no other."""

    def check(self, subject: Subject, report: Report) -> None:
        """Report what is wrong with a spec."""
