"""A study on one page: its trials, what mattered, and the best."""

from modelspec.report.study.contents import (
    Column,
    ConfirmedContents,
    Objective,
    StudyContents,
    TrialContents,
)
from modelspec.report.study.page import study_page

__all__ = [
    "Column",
    "ConfirmedContents",
    "Objective",
    "StudyContents",
    "TrialContents",
    "study_page",
]
