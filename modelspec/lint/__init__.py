"""All that can be said of a spec before it runs, with its place and its way out."""

from modelspec.lint.examine import Examined, examine, examine_document

__all__ = ["Examined", "examine", "examine_document"]
