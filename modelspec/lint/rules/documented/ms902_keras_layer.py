"""MS902 keras-layer."""

from modelspec.lint.rule import Rule


class KerasLayer(Rule):
    """A layer of a Keras model has no counterpart here.

    It is a `Lambda`, whose Python code is not run; a class of somebody's own; or it has an argument
    that is not known here. Write what it does as layers, and save the model again.
    """

    code = "MS902"
