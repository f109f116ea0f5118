"""All that is checked before torch is loaded. No torch here.

Imports `run` and `checkpoint` only.
"""
