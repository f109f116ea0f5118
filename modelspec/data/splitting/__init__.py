"""Which rows are for training, validation and test, and in which order they come.

Imports `table` only.
"""
