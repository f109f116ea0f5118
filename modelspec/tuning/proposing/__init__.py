"""Choosing the next candidate: Optuna's samplers, or a grid, told nothing but what is known.

The choice of a trial is a function of the study's seed, the trial's number and the trials that are
known by then; nothing else is kept, so that a study that goes on chooses what it would have chosen.
"""
