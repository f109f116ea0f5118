"""Run directories: what one holds, how its files are written, how two are compared. No torch.

Imports no other room of the runner.
"""
