"""modelspec: a neural network as a YAML file, checked before it runs, run on PyTorch."""

__version__ = "0.1.0"
