"""`report.html` of a run, gathered from its directory and from what its best weights predict.

Imports every room of the runner; none imports it.
"""
