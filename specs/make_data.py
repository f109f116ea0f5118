"""Write the data of `specs/` from what scikit-learn ships. No download.

    python specs/make_data.py data

- `digits.npz`: `image` float32 (1797, 8, 8, 1), intensities from 0 to 1; `digit` int64 (1797,).
  E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998.
- `diabetes.csv`: 442 patients; age, sex, body mass, blood pressure, six blood values, and the
  disease's progression a year later. B. Efron et al., Least Angle Regression, 2004.
"""

import sys
from pathlib import Path

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


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_digits(folder / "digits.npz")
    write_diabetes(folder / "diabetes.csv")
