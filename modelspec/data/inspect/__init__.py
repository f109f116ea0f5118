"""Inspection of data: column types for a draft spec, statistics, and what is suspect.

Imports `splits.py`, `features`, `arrays`, `readers` and `table`.
"""
