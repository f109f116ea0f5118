"""Changed Keras files, imported: each is a spec or a finding, never a bug, and costs little.

    PYTHONPATH=. python benchmarks/import_fuzz.py --count 10000 [--seed 0] [--only 17]

Each number is a mutant of a golden model: of its configuration as a structure, of its bytes, or of
the bytes of its weights. It is imported as the command does it, weights included. Printed are the
outcomes, and each kind of failure with a mutant of it, reduced. A mutant that takes longer than 2 s
of CPU, or all together more than 1 GB, are failures too.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

from tests.keras.mutants import FAILED, configuration, mutant, outcome_of, reduced, write

MOST_CPU, MOST_MEMORY = 2.0, 2**30
"""Seconds and bytes that a mutant may take."""
SHOWN = 600
"""How many letters of a reduced configuration are printed."""


def main() -> None:
    """Make mutants, import them, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="this one alone")
    options = parser.parse_args()
    warnings.simplefilter("error")
    numbers = [options.only] if options.only is not None else range(options.count)
    outcomes: Counter[str] = Counter()
    failures: dict[str, list[int]] = {}
    slowest, began = 0.0, time.process_time()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in numbers:
            start = time.process_time()
            outcome = outcome_of(mutant(options.seed * 10**9 + number, folder), folder)
            seconds = time.process_time() - start
            slowest = max(slowest, seconds)
            if seconds > MOST_CPU:
                outcome = f"{FAILED}: {seconds:.0f} s of CPU"
            if outcome.startswith(FAILED):
                failures.setdefault(outcome, []).append(number)
                outcome = FAILED
            outcomes[outcome] += 1
        for outcome, count in outcomes.most_common():
            print(f"{count:8,}  {outcome}")
        for failure, found in sorted(failures.items(), key=lambda each: -len(each[1])):
            print(f"{len(found):8,}  {failure}\n          numbers {found[:6]}")
            print(f"          {smallest(options.seed * 10**9 + found[0], failure, folder)}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    total = time.process_time() - began
    print(f"{total:.0f} s of CPU, the slowest {slowest:.2f} s; at most {memory / 2**20:.0f} MiB")
    if failures or memory > MOST_MEMORY:
        sys.exit(1)


def smallest(number: int, failure: str, folder: Path) -> str:
    """The configuration of a mutant without what the failure does not need."""
    file = Path(mutant(number, folder))
    original = folder / f"original{file.suffix}"
    file.rename(original)
    try:
        config = configuration(original)
    except Exception as error:
        return f"its bytes are changed, and cannot be reduced: {error}"

    def fails(config: Any) -> bool:
        write(original, file, config)
        return outcome_of(str(file), folder) == failure

    return json.dumps(reduced(config, fails))[:SHOWN]


if __name__ == "__main__":
    main()
