"""A file in memory as named columns, and the fields of the model that columns fill.

Imports no other room of `data`.
"""
