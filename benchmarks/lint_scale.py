"""The whole lint of specs of 1,000, 10,000 and 100,000 nodes: does it grow linearly?

    python benchmarks/lint_scale.py [--sizes 1000,10000,100000] [--shapes chain,fan_in]

Each shape (`large_specs.py`) is linted as the command does it. Prints CPU seconds, microseconds a
node, and the time a node against that of the size before (1.0 is linear); then kilobytes a node,
the most memory that was resident in a process that lints only this, less what was so before.
10,000 nodes may take 2 s. Blocks have a bound of 10,000, so those shapes stop at 40,000 nodes.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
import time

from large_specs import MOST, VALID, WRONG

LIMIT_NODES, LIMIT_SECONDS = 10_000, 2.0
SHAPES = VALID | WRONG


def measure(shape: str, nodes: int) -> dict[str, float]:
    """CPU seconds, bytes and findings of a lint of one generated spec, in this process.

    Raises:
        SystemExit: A shape that is to be valid has an error.
    """
    from modelspec import lint
    from modelspec.cli.exit_codes import ALLOCATIONS_A_COLLECTION

    gc.set_threshold(ALLOCATIONS_A_COLLECTION)  # as the command does
    text = SHAPES[shape](nodes)
    lint.examine("generated.yaml", text=SHAPES[shape](40))
    before = peak_bytes()
    start = time.process_time()
    examined = lint.examine("generated.yaml", text=text)
    seconds = time.process_time() - start
    if shape in VALID and examined.report.failed:
        raise SystemExit(f"the generated spec is wrong: {examined.report.errors[0]}")
    return {
        "seconds": seconds,
        "bytes": peak_bytes() - before,
        "findings": len(examined.report),
    }


def peak_bytes() -> int:
    """The most that has been resident in this process."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Measure each in a process of its own, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one[0], int(options.one[1]))))
        return
    shapes = options.shapes.split(",")
    if unknown := [shape for shape in shapes if shape not in SHAPES]:
        sys.exit(f"no shape is called {', '.join(unknown)}; there are {', '.join(SHAPES)}")
    print("| shape | nodes | findings | CPU s | us a node | growth | kB a node |")
    print("|---|---|---|---|---|---|---|")
    for shape in shapes:
        before = 0.0
        sizes = (min(int(size), MOST.get(shape, int(size))) for size in options.sizes.split(","))
        for nodes in sizes:
            command = [sys.executable, __file__, "--one", shape, str(nodes)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            got = json.loads(done.stdout)
            each = got["seconds"] / nodes
            over = nodes == LIMIT_NODES and got["seconds"] > LIMIT_SECONDS
            print(
                f"| {shape} | {nodes:,} | {got['findings']:,} | {got['seconds']:.2f}"
                f"{' (over the limit)' if over else ''} | {each * 1e6:.0f} "
                f"| {each / before if before else 1:.2f} | {got['bytes'] / nodes / 1e3:.1f} |",
                flush=True,
            )
            before = each


if __name__ == "__main__":
    main()
