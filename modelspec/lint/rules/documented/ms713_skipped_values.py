"""MS713 skipped-values."""

from modelspec.lint.rule import Rule


class SkippedValues(Rule):
    """Values of a search cannot go together, and are left out, as `tune.invalid: skip` asks for.

    It is MS712, of which the search is told not to make an error: no candidate that has these
    values is trained. Where most of a space is left out, the sampler is better told so: search a
    value only where it fits, by a mapping from a choice to what is searched too.
    """

    code = "MS713"
