"""`render --code` of every spec and of every layer's examples against the built module.

    python benchmarks/printed_code.py

Each file is run without modelspec, at three sizes, predicting and training. Prints how many were
held against the module, and what differs by more than 1e-6.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import modelspec
from modelspec.layers import registry
from modelspec.lint import examine
from modelspec.torch import build
from tests.specs.test_specs import SMALLER
from tests.torch.printing.printed import check_printed, spec_of


def main() -> None:
    """Hold all files against their modules."""
    graphs = {}
    for path in sorted(Path("specs").glob("*.yaml")):
        graphs[path.stem] = modelspec.load(str(path), overrides=SMALLER.get(path.stem, ())).graph
    for name in registry.names():
        for number, example in enumerate(registry.find(name).examples, 1):
            text = json.dumps(
                spec_of(registry.find(name)(**example.arguments), example), default=list
            )
            graphs[f"{name} {number}"] = examine("printed.yaml", text=text).graph
    failed = 0
    for name, graph in graphs.items():
        try:
            check_printed(build(graph, seed=0), graph)
        except Exception as error:
            failed += 1
            print(f"{name}: {type(error).__name__}: {error}")
    print(f"{len(graphs) - failed} of {len(graphs)} files compute what their modules do")


if __name__ == "__main__":
    main()
