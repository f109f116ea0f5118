"""Hyper-parameter search: the space, what may be trained of it, and the trials.

May import every room but `api` and `cli`. What is known before a trial runs (the space, its proof,
what a study directory holds) never imports torch.
"""
