"""How much each member of an ensemble counts: weights, one temperature, and what they are worth.

What computes on arrays needs NumPy and SciPy only; what asks the members needs torch.
"""
