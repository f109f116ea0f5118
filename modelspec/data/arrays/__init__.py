"""Encoded rows: arrays in memory, mapped from files, padded or decoded when they are wanted.

Imports `table` only.
"""
