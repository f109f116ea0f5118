"""Recording calls as nodes of a `torch.fx` graph, named after the nodes of the spec."""

import operator
from typing import Any

from torch import fx

from modelspec.torch.naming import variable_name

_LOGITS_OF = frozenset({"softmax", "sigmoid", "log_softmax", "log_sigmoid", "logsigmoid"})


class Recorder(fx.proxy.GraphAppendingTracer):
    """Appends what is computed on its proxies to a graph.

    Each recorded node carries the path of its node in the spec, `meta["modelspec"]`.

    Attributes:
        path: The path of the node that is being recorded.
    """

    def __init__(self, graph: fx.Graph) -> None:
        super().__init__(graph)
        self.path = ""
        self._recorded = 0

    def create_node(self, *args: Any, **kwargs: Any) -> fx.Node:
        """Record a node under a passing name, so that no real name is used up."""
        self._recorded += 1
        if len(args) < 5:
            kwargs.setdefault("name", None)
            kwargs["name"] = kwargs["name"] or f"modelspec_recorded_{self._recorded}"
        elif args[4] is None:
            args = (*args[:4], f"modelspec_recorded_{self._recorded}", *args[5:])
        node = super().create_node(*args, **kwargs)
        node.meta["modelspec"] = self.path
        return node

    def placeholder(self, argument: str) -> fx.Proxy:
        """An argument of `forward`."""
        return self.create_proxy("placeholder", argument, (), {})

    def call_module(self, attribute: str, *args: Any, **kwargs: Any) -> fx.Proxy:
        """A call of the module at an attribute."""
        return self.create_proxy("call_module", attribute, args, kwargs)

    def get_attr(self, attribute: str) -> fx.Proxy:
        """The module at an attribute itself."""
        return self.create_proxy("get_attr", attribute, (), {})


def erase_unread(graph: fx.Graph) -> None:
    """Erase what nobody reads, the arguments excepted."""
    for node in reversed(graph.nodes):
        if not node.users and node.op not in ("placeholder", "output"):
            graph.erase_node(node)


def name_values(named: dict[fx.Node, str], graph: fx.Graph) -> None:
    """Give every node its final name.

    Args:
        named: The nodes that are values of the spec's nodes, with their names.
        graph: Its other nodes are named after the spec's node that they belong to.
    """
    for node, name in named.items():
        node._rename(variable_name(name))
    for node in graph.nodes:
        if node not in named and node.op != "output":
            owner = node.meta["modelspec"].rpartition("/")[2]
            node._rename(f"{owner}_{_role(node)}")


def _role(node: fx.Node) -> str:
    """What an unnamed value on the way to a named one is."""
    if node.op == "get_attr":
        return "module"
    if node.target is getattr:
        return str(node.args[1])
    if node.op != "call_module":
        return str(getattr(node.target, "__name__", node.target)).strip("_")
    readers = [str(getattr(user.target, "__name__", user.target)) for user in node.users]
    if any(user.target is operator.getitem for user in node.users):
        return "results"
    return "logits" if _LOGITS_OF.intersection(readers) else "linear"
