"""What a spec means: a graph of nodes in order, with the shape, weights and cost of each."""

from modelspec.graph.block import BlockCallee, inner_graph
from modelspec.graph.build import build
from modelspec.graph.graph import Graph, GraphOutput, Node, SharedLayer
from modelspec.graph.masks import Mask, MaskFlow, mask_flow
from modelspec.graph.totals import Totals, node_parameters, totals
from modelspec.graph.walk import bodies

__all__ = [
    "BlockCallee",
    "Graph",
    "GraphOutput",
    "Mask",
    "MaskFlow",
    "Node",
    "SharedLayer",
    "Totals",
    "bodies",
    "build",
    "inner_graph",
    "mask_flow",
    "node_parameters",
    "totals",
]
