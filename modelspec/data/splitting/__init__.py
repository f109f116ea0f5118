"""Which rows are for training, validation and test, and in which order they come.

Imports `table`, and of `features` the reading of dates.
"""
