"""The training loop: steps, losses and metrics, callbacks, precision, strategies, snapshots.

Imports `run`, `distributed`, `checkpoint` and `input`.
"""
