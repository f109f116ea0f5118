"""A layered layout of directed graphs, after Sugiyama. Knows nothing of models.

Everything here flows downwards: whoever wants another direction turns the result.
"""

from modelspec.plot.layout.arrange import arrange
from modelspec.plot.layout.components import cyclic_parts
from modelspec.plot.layout.model import Arrangement, Link, Route, Step, Vertex

__all__ = ["Arrangement", "Link", "Route", "Step", "Vertex", "arrange", "cyclic_parts"]
