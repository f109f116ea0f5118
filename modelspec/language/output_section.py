"""All keys of an output of a spec, with how it is predicted."""

from modelspec.language.decision import DecisionSection
from modelspec.language.decode import DecodeSection
from modelspec.language.sections import PlainOutputSection


class OutputSection(PlainOutputSection):
    """An output of a spec."""

    decision: DecisionSection | None = None
    """From which probability on it says yes: one that is written, or the best one."""
    decode: DecodeSection | None = None
    """How it is predicted token by token, each being fed back to the model."""
