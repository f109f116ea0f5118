"""YAML to plain data, with the line and column of every key and value."""

from modelspec.source.document import Document, Ignore, Override
from modelspec.source.place import Place
from modelspec.source.read_document import load, parse, parse_override
from modelspec.source.tree import Path

__all__ = ["Document", "Ignore", "Override", "Path", "Place", "load", "parse", "parse_override"]
