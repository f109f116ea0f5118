"""All that is checked before torch is loaded.

Imports `run` and `checkpoint` only.
"""
