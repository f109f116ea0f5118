"""A study: checked, run, interrupted, gone on with, confirmed."""
