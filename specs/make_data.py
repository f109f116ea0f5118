"""Write the data of `specs/`: what scikit-learn ships, and what is made up. No download.

    python specs/make_data.py data [NAME ...]

- `digits.npz`: `image` float32 (1797, 8, 8, 1), intensities from 0 to 1; `digit` int64 (1797,).
  E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998.
- `transfer.npz`: those of 5 to 9, `digit` counted from 0: what stands behind a network that knows
  the others.
- `siamese_digits.npz`: 16,500 pairs of these scans, `left` and `right`; `same` says whether they
  show the same digit; `part` whether they are for training, validation or testing.
- `breast_cancer.csv`: 569 tumours; 30 measures of their cells' nuclei, and the diagnosis.
  W. Street, W. Wolberg, O. Mangasarian, Nuclear Feature Extraction, 1993.
- `diabetes.csv`: 442 patients; age, sex, body mass, blood pressure, six blood values, and the
  disease's progression a year later. B. Efron et al., Least Angle Regression, 2004.

Made up, always the same:

- `dates.csv`: 6,000 dates as people write them, and in ISO 8601.
- `customers.csv`: 3,000 customers of a telephone company as a spreadsheet keeps them, of whom some
  leave: see `docs/tables.md`.
- `reviews.csv`: 8,000 reviews of restaurants, positive or negative.
- `garments.csv`, `garments/`: 4,000 second-hand garments with a picture each, and their price.
"""

import csv
import sys
from calendar import day_name, month_name
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import polars as pl
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits


def write_digits(target: Path) -> None:
    """Write the scans as arrays that are named as the inputs and outputs of `digits.yaml`."""
    digits = load_digits()
    image = (digits.images / 16).astype(np.float32)[..., np.newaxis]
    np.savez_compressed(target, image=image, digit=digits.target.astype(np.int64))
    print(f"{target}: {len(image)} images of {image.shape[1]}x{image.shape[2]}")


def write_half_of_the_digits(target: Path) -> None:
    """Write the scans of 5 to 9, numbered from 0, as `transfer.yaml` names them."""
    digits = load_digits()
    wanted = digits.target >= 5
    image = (digits.images[wanted] / 16).astype(np.float32)[..., np.newaxis]
    digit = digits.target[wanted].astype(np.int64) - 5
    np.savez_compressed(target, image=image, digit=digit)


def write_pairs(target: Path) -> None:
    """Write pairs of scans as arrays that are named as in `siamese_digits.yaml`."""
    from made_up.pairs import pairs

    digits = load_digits()
    image = (digits.images / 16).astype(np.float32)[..., np.newaxis]
    made = pairs(digits.target)
    arrays = {**made, "left": image[made["left"]], "right": image[made["right"]]}
    np.savez_compressed(target, **arrays)
    print(f"{target}: {len(made['same'])} pairs of images")


def write_breast_cancer(target: Path) -> None:
    """Write the tumours as a table of raw columns, `mean_radius` to `worst_fractal_dimension`."""
    cancer = load_breast_cancer()
    table = pl.DataFrame(
        cancer.data, schema=[name.replace(" ", "_") for name in cancer.feature_names]
    )
    table = table.with_columns(diagnosis=pl.Series(cancer.target_names[cancer.target].tolist()))
    table.write_csv(target)
    print(f"{target}: {table.height} tumours, {table.width} columns")


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


def write_reviews(target: Path, rows: int = 8000) -> None:
    """Write made-up reviews, and whether they are positive."""
    from made_up.reviews import reviews

    pl.DataFrame(list(reviews(rows)), ["review", "verdict"], orient="row").write_csv(target)
    print(f"{target}: {rows} reviews")


def write_garments(target: Path, rows: int = 4000) -> None:
    """Write made-up offers as a table, and their pictures into the folder of its name."""
    from made_up.garments import garments

    pictures = target.with_suffix("")
    pictures.mkdir(exist_ok=True)
    with open(target, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["picture", "description", "brand", "age", "worn", "price"])
        for number, (picture, *known) in enumerate(garments(rows)):
            name = f"{pictures.name}/{number:04}.png"
            picture.save(target.parent / name)
            writer.writerow([name, *known])
    print(f"{target}: {rows} garments, and their pictures in {pictures}/")


def write_customers(target: Path) -> None:
    """Write the customers, with semicolons between the columns, as decimals have commas."""
    from made_up.customers import HEADER, customers

    with target.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, delimiter=";", lineterminator="\n")
        table.writerow(HEADER)
        table.writerows(customers(3000))
    print(f"{target}: 3000 customers")


WRITERS = {
    "digits": (write_digits, "digits.npz"),
    "siamese_digits": (write_pairs, "siamese_digits.npz"),
    "transfer": (write_half_of_the_digits, "transfer.npz"),
    "breast_cancer": (write_breast_cancer, "breast_cancer.csv"),
    "diabetes": (write_diabetes, "diabetes.csv"),
    "dates": (write_dates, "dates.csv"),
    "reviews": (write_reviews, "reviews.csv"),
    "garments": (write_garments, "garments.csv"),
    "customers": (write_customers, "customers.csv"),
}
"""By the name of the spec that the data is for."""


def main(folder: Path, names: list[str]) -> None:
    """Write the data of these specs, or of all."""
    unknown = [name for name in names if name not in WRITERS]
    if unknown:
        sys.exit(f"there is no data for {', '.join(unknown)}; there is for {', '.join(WRITERS)}")
    folder.mkdir(parents=True, exist_ok=True)
    for write, file in (WRITERS[name] for name in names or WRITERS):
        write(folder / file)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python specs/make_data.py FOLDER [NAME ...]")
    main(Path(sys.argv[1]), sys.argv[2:])
