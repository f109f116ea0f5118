"""Specs as estimators of scikit-learn: `SpecClassifier` and `SpecRegressor`.

    from modelspec.sklearn import SpecClassifier

    SpecClassifier("specs/churn.yaml", **{"train.epochs": 5}).fit(frame, leaves)

Needs scikit-learn: `pip install 'modelspec[sklearn]'`.
"""

from modelspec.diagnostics.extras import require

require("sklearn", "`modelspec.sklearn`")

from modelspec.sklearn.classifier import SpecClassifier  # noqa: E402
from modelspec.sklearn.regressor import SpecRegressor  # noqa: E402

__all__ = ["SpecClassifier", "SpecRegressor"]
