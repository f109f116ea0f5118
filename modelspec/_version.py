"""The version of the package, for what is not to import the package's root."""

__version__ = "0.1.0"
