"""Optimizers that divide the gradient by what it has been so far."""
