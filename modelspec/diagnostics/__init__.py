"""What is wrong with a spec, and where: plain data that renderers print.

Nothing here prints, and nothing here knows what a spec is.
"""

from modelspec.diagnostics.codes import CODES, Code, Severity
from modelspec.diagnostics.diagnostic import Diagnostic, Fix, Related, Span
from modelspec.diagnostics.report import Report, SpecError
from modelspec.diagnostics.suggest import did_you_mean, name_list, near_path

__all__ = [
    "CODES",
    "Code",
    "Diagnostic",
    "Fix",
    "Related",
    "Report",
    "Severity",
    "Span",
    "SpecError",
    "did_you_mean",
    "name_list",
    "near_path",
]
