"""Write the data of `specs/`: what scikit-learn ships, and what is made up. No download.

    python specs/make_data.py data

- `digits.npz`: `image` float32 (1797, 8, 8, 1), intensities from 0 to 1; `digit` int64 (1797,).
  E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998.
- `diabetes.csv`: 442 patients; age, sex, body mass, blood pressure, six blood values, and the
  disease's progression a year later. B. Efron et al., Least Angle Regression, 2004.
- `dates.csv`: 6,000 dates as people write them, and in ISO 8601; made up, always the same.
"""

import sys
from calendar import day_name, month_name
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import polars as pl
from sklearn.datasets import load_diabetes, load_digits


def write_digits(target: Path) -> None:
    """Write the scans as arrays that are named as the inputs and outputs of `digits.yaml`."""
    digits = load_digits()
    image = (digits.images / 16).astype(np.float32)[..., np.newaxis]
    np.savez_compressed(target, image=image, digit=digits.target.astype(np.int64))
    print(f"{target}: {len(image)} images of {image.shape[1]}x{image.shape[2]}")


def write_diabetes(target: Path) -> None:
    """Write the patients as a table of raw columns, as `wide_deep.yaml` reads it."""
    diabetes = load_diabetes(scaled=False)
    table = pl.DataFrame(diabetes.data, schema=diabetes.feature_names)
    table = table.with_columns(pl.col("sex").cast(pl.Int64), progression=pl.Series(diabetes.target))
    table.write_csv(target)
    print(f"{target}: {table.height} patients, {table.width} columns")


FORMS = (
    "{d} {month} {y}",
    "{month} {d}, {y}",
    "{d:02}.{m:02}.{y}",
    "{d} {month:.3} {y2:02}",
    "{weekday}, {d} {month} {y}",
    "{month:.3} {d} {y}",
    "{m:02}/{d:02}/{y}",
    "{d:02} {month}, {y}",
)
"""How people write a date."""


def write_dates(target: Path, rows: int = 6000) -> None:
    """Write dates from 1970 to 2049 in many forms, some in small letters, with their ISO form."""
    dealt = Random(0)
    first, last = date(1970, 1, 1).toordinal(), date(2050, 1, 1).toordinal()
    written, iso = [], []
    for _ in range(rows):
        day = date.fromordinal(dealt.randrange(first, last))
        text = dealt.choice(FORMS).format(
            d=day.day,
            m=day.month,
            y=day.year,
            y2=day.year % 100,
            month=month_name[day.month],
            weekday=day_name[day.weekday()],
        )
        written.append(text.lower() if dealt.random() < 0.3 else text)
        iso.append(day.isoformat())
    pl.DataFrame({"written": written, "iso": iso}).write_csv(target)
    print(f"{target}: {rows} dates")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_digits(folder / "digits.npz")
    write_diabetes(folder / "diabetes.csv")
    write_dates(folder / "dates.csv")
