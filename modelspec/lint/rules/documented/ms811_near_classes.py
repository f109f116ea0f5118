"""MS811 near-classes."""

from modelspec.lint.rule import Rule


class NearClasses(Rule):
    """Two classes of a column differ in upper and lower case only.

    `Berlin` and `berlin` are most often one city that was written down twice. As two classes
    each has fewer rows to be learnt from, and a third spelling is unknown to the model. `lower:
    true` reads upper case as lower case; where they are two things, `classes` lists them. Found
    while the classes are learnt from the training rows.
    """

    code = "MS811"
