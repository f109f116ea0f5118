"""States and weights, to files and back: atomic, checked, shared out over processes or whole.

Imports `run` and `distributed` only.
"""
