"""A built module as one Python file that needs torch only."""

from modelspec.torch.printing.file import code, code_of

__all__ = ["code", "code_of"]
