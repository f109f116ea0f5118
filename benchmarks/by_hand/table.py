"""Any table with scikit-learn, as one writes it by hand: `table.py mlp|boosting TARGET [DATE...]`.

Reads `train.csv` and `test.csv`, writes `predictions.csv`.
"""

import sys

import pandas as pd
from sklearn.compose import (
    TransformedTargetRegressor,
    make_column_selector,
    make_column_transformer,
)
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

kind, target, *dates = sys.argv[1:]


def read(file):
    frame = pd.read_csv(file)
    for name in dates:
        day = pd.to_datetime(frame.pop(name))
        frame[f"{name}_year"], frame[f"{name}_day"] = day.dt.year, day.dt.dayofyear
    return frame.drop(columns=target), frame[target]


x, y = read("train.csv")
number = pd.api.types.is_numeric_dtype(y) and y.nunique() > 10
numbers = make_column_selector(dtype_include="number")
others = make_column_selector(dtype_exclude="number")
columns = make_column_transformer(
    (make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), numbers),
    (OneHotEncoder(handle_unknown="ignore", sparse_output=False), others),
)
if kind == "boosting":
    model = HistGradientBoostingRegressor() if number else HistGradientBoostingClassifier()
elif number:
    model = TransformedTargetRegressor(MLPRegressor(random_state=0), transformer=StandardScaler())
else:
    model = MLPClassifier(random_state=0)
model = make_pipeline(columns, model).fit(x, y)
pd.DataFrame({target: model.predict(read("test.csv")[0])}).to_csv("predictions.csv", index=False)
