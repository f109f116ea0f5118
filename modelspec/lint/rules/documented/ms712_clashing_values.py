"""MS712 clashing-values."""

from modelspec.lint.rule import Rule


class ClashingValues(Rule):
    """Values of a search cannot go together: a candidate that has them is no sound model.

    A search is proved before it begins: every combination is linted where there are at most 2,000,
    else every value by itself and every two together. Of what fails, the fewest values are named
    that make it fail, at the place where they stand under `tune.search`, with the finding that
    `lint` has for such a candidate: `kernel_size: 7 cannot go with pool_size: 3: MS502 ...`.

    Take one of the values away; search it only where it fits, by a mapping from a choice to what is
    searched too; or write `tune.invalid: skip`, which leaves such combinations out (MS713).
    `modelspec lint --space` looks at a whole space, `modelspec tune --dry-run` too.
    """

    code = "MS712"
