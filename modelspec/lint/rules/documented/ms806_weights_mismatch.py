"""MS806 weights-mismatch."""

from modelspec.lint.rule import Rule


class WeightsMismatch(Rule):
    """A file of weights belongs to another model.

    Weights are saved under the names of the nodes. The names or the shapes in the file are not
    those of the spec: it was changed since, or the file belongs to another one. The finding lists
    what is missing, what is left over and what has another shape. Use the spec that is kept in the
    run directory.
    """

    code = "MS806"
