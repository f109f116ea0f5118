"""YAML to plain data, with the line and column of every key and value."""

from modelspec.source.document import Document, Ignore, Override
from modelspec.source.loading import load, parse, parse_override
from modelspec.source.place import Path, Place

__all__ = ["Document", "Ignore", "Override", "Path", "Place", "load", "parse", "parse_override"]
