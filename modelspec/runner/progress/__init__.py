"""Callbacks that show how far a training is. Imports no other room of the runner."""
