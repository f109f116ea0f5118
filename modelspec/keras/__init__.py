"""Saved Keras models as specs: read as data, without Keras."""
