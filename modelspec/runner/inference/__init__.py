"""A trained model at work: evaluating, predicting, generating sequences.

Imports every room of the runner but `reporting` and `progress`.
"""
