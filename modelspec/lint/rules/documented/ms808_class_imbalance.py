"""MS808 class-imbalance."""

from modelspec.lint.rule import Rule


class ClassImbalance(Rule):
    """A class has far fewer training rows than another, or none.

    Where one class has twenty times the rows of another, a model is nearly right by never saying
    the rare one, and its accuracy does not show it. Give the rare class more weight
    (`class_weight`), watch a metric that sees it (`auc`, `f1_score`, `recall`), or bring more rows.
    A class without any training row can never be learnt: deal the rows out with `stratify`.
    Found by `modelspec lint --data`.
    """

    code = "MS808"
