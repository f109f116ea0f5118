"""Runs specs: training, measuring, predicting, and the run directories that they leave."""
