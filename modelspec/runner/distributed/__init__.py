"""The processes that train one model together, and what they tell each other.

Imports `run` only.
"""
