"""MS901 keras-file."""

from modelspec.lint.rule import Rule


class KerasFile(Rule):
    """A file is no saved Keras model that can be read as data.

    `modelspec import keras` takes the `.keras` file that `model.save` writes, the `config.json` in
    it, or the `.h5` file of Keras 2, tf.keras and Keras 3, of a functional or sequential model.
    Nothing in it is run or followed: weights in other files, links, and more numbers than the
    layers have are refused. A model that is a class of its own says in its file only what it is
    called, not what it computes.
    """

    code = "MS901"
