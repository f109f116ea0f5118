"""What lints clean runs: specs drawn at random over all layer types, and what does not hold.

    python benchmarks/soundness.py --count 20000 [--seed 0] [--jobs 2]
    python benchmarks/soundness.py --examples
    python benchmarks/soundness.py --mutants 20000 [--seed 0]

Each spec is drawn from a seed of its own. What lints clean must validate under the schema, build,
run forward at its least sizes and at greater ones, in batches of 1 and 3, with the shapes, dtypes
and parameters that lint declares, train one step, render to a spec that builds the same, print
code that computes the same; one of `--draw-every` is drawn in all formats. Prints how many failed
in each column, and one reduced case of every kind of failure.

With `--mutants`, specs in which the text or the structure is changed at random are linted: no
exception, nothing over 2 s of CPU or 1 GB of memory.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

CHUNK = 100
MOST_SECONDS = 2.0
MOST_BYTES = 10**9


def checked(seeds: list[int], draw_every: int) -> list[tuple[int, Any, list[Any]]]:
    """The specs of some seeds, with what does not hold of each."""
    import torch

    from tests.soundness.checks import Failure, check_spec
    from tests.soundness.drawing import draw_spec

    torch.set_num_threads(1)
    found = []
    for seed in seeds:
        try:
            spec = draw_spec(seed)
        except Exception as error:
            kind = f"lint: {type(error).__name__} while drawing"
            found.append((seed, None, [Failure("lint", kind, f"{error}"[:500])]))
            continue
        failures = check_spec(spec, drawn=seed % draw_every == 0) if spec else []
        found.append((seed, spec, failures))
    return found


def examples() -> Iterator[tuple[int, Any, list[Any]]]:
    """The examples of all layers' declarations, each as a spec."""
    from tests.soundness.checks import check_spec
    from tests.soundness.drawing import example_specs

    for index, spec in enumerate(example_specs()):
        yield index, spec, check_spec(spec)


def smallest(spec: dict[str, Any], kind: str) -> dict[str, Any]:
    """A spec that fails in the same way, with nothing in it that does not matter."""
    from tests.soundness.checks import check_spec
    from tests.soundness.reduction import reduced

    drawn = kind.startswith("draw")

    def fails(smaller: dict[str, Any]) -> bool:
        return any(each.kind == kind for each in check_spec(smaller, drawn=drawn))

    return reduced(spec, fails)


def all_checked(
    seeds: Iterable[int], jobs: int, draw_every: int
) -> Iterator[tuple[int, Any, list[Any]]]:
    """The specs of all seeds, in order."""
    every = list(seeds)
    chunks = [every[at : at + CHUNK] for at in range(0, len(every), CHUNK)]
    if jobs == 1:
        for chunk in chunks:
            yield from checked(chunk, draw_every)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for found in pool.map(checked, chunks, [draw_every] * len(chunks)):
            yield from found


def main() -> None:
    """Draw, check and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="the first one")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--draw-every", type=int, default=20)
    parser.add_argument("--kinds", type=int, default=40, help="how many kinds are reduced")
    parser.add_argument("--examples", action="store_true", help="check the layers' own instead")
    parser.add_argument("--mutants", type=int, help="lint so many changed specs instead")
    options = parser.parse_args()
    if options.mutants:
        sys.exit(mutants(range(options.seed, options.seed + options.mutants)))
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    start = time.perf_counter()
    columns: Counter[str] = Counter()
    kinds: dict[str, list[tuple[int, Any, Any]]] = {}
    types: Counter[str] = Counter()
    count = 0
    seeds = range(options.seed, options.seed + options.count)
    every = examples() if options.examples else all_checked(seeds, options.jobs, options.draw_every)
    for seed, spec, failures in every:
        count += spec is not None
        columns.update({failure.column for failure in failures})
        if spec:
            types.update(types_of(spec))
        for failure in failures:
            kinds.setdefault(failure.kind, []).append((seed, spec, failure))
    report(count, options.kinds, columns, kinds, types)
    print(f"{time.perf_counter() - start:.0f} s")
    sys.exit(bool(kinds))


def mutants(seeds: range) -> bool:
    """Lint the mutants of some seeds, and report what went wrong."""
    from tests.soundness.mutants import draw_mutant

    root = Path(__file__).resolve().parents[1]
    texts = [file.read_text() for file in sorted(root.joinpath("specs").glob("*.yaml"))]
    texts += [file.read_text() for file in sorted(root.joinpath("tests/lint/good").glob("*.yaml"))]
    kinds: dict[str, list[tuple[int, str, Any]]] = {}
    start = time.process_time()
    for seed in seeds:
        text = draw_mutant(seed, texts)
        for failure in check_mutant(text):
            kinds.setdefault(failure.kind, []).append((seed, text, failure))
    print(f"{len(seeds)} mutants, {time.process_time() - start:.0f} s; failed:")
    for kind, cases in kinds.items():
        seed, text, failure = min(cases, key=lambda case: len(case[1]))
        print(f"\n== {len(cases)} x {kind}\n   seed {seed}: {failure.message}\n{text}")
    return bool(kinds)


def check_mutant(text: str) -> list[Any]:
    """What went wrong with a mutant: exceptions, too much time, too much memory."""
    from tests.soundness.checks import Failure
    from tests.soundness.mutants import look_at

    found = []
    start, before = time.process_time(), _peak()
    try:
        look_at(text)
    except Exception as error:
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        where = frame.tb_frame.f_code.co_filename.rpartition("/")[2] if frame else ""
        kind = f"exception: {type(error).__name__} in {where}"
        found.append(Failure("exception", kind, f"{error}"[:500]))
    seconds = time.process_time() - start
    if seconds > MOST_SECONDS:
        found.append(Failure("time", "time", f"{seconds:.1f} s of CPU"))
    if _peak() - before > MOST_BYTES:
        found.append(Failure("memory", "memory", f"{(_peak() - before) / 1e9:.1f} GB"))
    return found


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def types_of(spec: dict[str, Any]) -> set[str]:
    """The layer types of a spec."""
    layers = [*spec["layers"].values(), *spec.get("shared", {}).values()]
    named = {layer if isinstance(layer, str) else layer.get("type", "") for layer in layers}
    for block in spec.get("blocks", {}).values():
        named |= types_of(block)
    return named


def report(
    count: int,
    most: int,
    columns: Counter[str],
    kinds: dict[str, list[tuple[int, Any, Any]]],
    types: Counter[str],
) -> None:
    """Print the counts, and a reduced case of every kind."""
    from modelspec.layers import registry
    from tests.soundness.checks import COLUMNS

    print(f"{count} specs; failed in each column:")
    print("  " + "  ".join(f"{column} {columns[column]}" for column in COLUMNS))
    rare = {name: types[name] for name in registry.names()}
    least = min(rare, key=rare.__getitem__)
    print(f"layer types: {sum(map(bool, rare.values()))}, the rarest {least} in {rare[least]}")
    ordered = sorted(kinds.items(), key=lambda item: -len(item[1]))
    for kind, cases in ordered[:most]:
        seed, spec, failure = min(cases, key=lambda case: len(json.dumps(case[1])))
        print(f"\n== {len(cases)} x {kind}\n   seed {seed}: {failure.message[:400]}")
        if spec is not None:
            print(f"   {json.dumps(smallest(spec, kind))}")


if __name__ == "__main__":
    main()
