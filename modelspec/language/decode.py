"""How an output becomes a sequence: the entry `outputs.NAME.decode`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Token = Annotated[str, Field(min_length=1)] | Annotated[int, Field(ge=0)]


class DecodeSection(BaseModel):
    """How a model predicts a sequence token by token, each being fed back to it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    feed: str
    """The input that is given what has been said so far; data to predict need not have it."""
    start: Token
    """The token that the fed sequence begins with: as text, or as an integer."""
    stop: Token | None = None
    """The token that ends a sequence; without one, all are `max_length` long."""
    max_length: Annotated[int, Field(ge=1)] = 100
    """How many tokens are said at most."""
    strategy: Literal["greedy", "sample", "beam"] = "greedy"
    """`greedy`: the most probable token; `sample`: one drawn by its probability; `beam`: the most
    probable sequence among `beams` that are followed at once."""
    beams: Annotated[int, Field(ge=1)] = 4
    """How many sequences `beam` follows for each row."""
    length_penalty: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    """By which power of its length the logarithm of a beam's probability is divided."""
    temperature: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    """What `sample` divides logits by: below 1, the probable becomes more probable."""
    top_k: Annotated[int, Field(ge=1)] | None = None
    """From how many of the most probable tokens `sample` draws."""
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    """`sample` draws from the fewest tokens that together are at least as probable."""
    seed: Annotated[int, Field(ge=0)] = 0
    """What `sample` draws from."""
