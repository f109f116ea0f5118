"""Settings of the operating-system process: threads, memory, signals, time, determinism.

Imports `run` only.
"""
