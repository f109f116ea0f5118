"""MS902 keras-layer."""

from modelspec.lint.rule import Rule


class KerasLayer(Rule):
    """A layer of a Keras model has no counterpart here.

    It is a `Lambda`, whose Python code is not run; a class of somebody's own; a function of
    TensorFlow that is no layer here; or it has an argument that is not known, such as the
    `hard_sigmoid` of Keras 2, which is another function today. Write what it does as layers, and
    save the model again.
    """

    code = "MS902"
