"""Runs specs: training, measuring, predicting, and the run directories that they leave.

`train.py` and `assemble.py` stand on top; below them, from the lowest floor up: `run` and
`progress`, `process` and `distributed`, `checkpoint`, `input` and `setup`, `loop`; then
`inference`, and `reporting` over all of them.
"""
