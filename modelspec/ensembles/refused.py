"""What cannot be an ensemble."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Diagnostic, Span, SpecError

if TYPE_CHECKING:
    from modelspec.ensembles.members import Member


def refused(member: Member, message: str, help: str = "") -> SpecError:
    """Why a run cannot be a member (MS807)."""
    return SpecError([Diagnostic("MS807", message, Span(str(member.run)), help)])
