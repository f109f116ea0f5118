"""The normal distribution of mean 0 and deviation 1."""

from __future__ import annotations

from math import erfc, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _polynomials(*texts: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    over, under = (np.array([float(each) for each in text.split()]) for text in texts)
    return over, under


# The rational functions of Wichura's algorithm AS 241 (PPND16), highest power first.
_NEAR = _polynomials(
    "2.5090809287301226727e3 3.3430575583588128105e4 6.7265770927008700853e4 "
    "4.5921953931549871457e4 1.3731693765509461125e4 1.9715909503065514427e3 "
    "1.3314166789178437745e2 3.3871328727963666080",
    "5.2264952788528545610e3 2.8729085735721942674e4 3.9307895800092710610e4 "
    "2.1213794301586595867e4 5.3941960214247511077e3 6.8718700749205790830e2 "
    "4.2313330701600911252e1 1.0",
)
_MIDDLE = _polynomials(
    "7.74545014278341407640e-4 2.27238449892691845833e-2 2.41780725177450611770e-1 "
    "1.27045825245236838258 3.64784832476320460504 5.76949722146069140550 "
    "4.63033784615654529590 1.42343711074968357734",
    "1.05075007164441684324e-9 5.47593808499534494600e-4 1.51986665636164571966e-2 "
    "1.48103976427480074590e-1 6.89767334985100004550e-1 1.67638483018380384940 "
    "2.05319162663775882187 1.0",
)
_FAR = _polynomials(
    "2.01033439929228813265e-7 2.71155556874348757815e-5 1.24266094738807843860e-3 "
    "2.65321895265761230930e-2 2.96560571828504891230e-1 1.78482653991729133580 "
    "5.46378491116411436990 6.65790464350110377720",
    "2.04426310338993978564e-15 1.42151175831644588870e-7 1.84631831751005468180e-5 "
    "7.86869131145613259100e-4 1.48753612908506148525e-2 1.36929880922735805310e-1 "
    "5.99832206555887937690e-1 1.0",
)


def quantile(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """The numbers below which such shares of the distribution lie, the shares from 0 to 1.

    Wichura's AS 241, right to about 1 part in 10^16.
    """
    apart = shares - 0.5
    near = np.abs(apart) <= 0.425
    found = apart * _ratio(_NEAR, 0.180625 - apart * apart)
    if not near.all():
        tail = np.minimum(shares, 1 - shares)[~near]
        with np.errstate(divide="ignore"):
            root = np.sqrt(-np.log(tail))
        inner = _ratio(_MIDDLE, np.minimum(root, 5) - 1.6)
        size = np.where(root <= 5, inner, _ratio(_FAR, np.maximum(np.minimum(root, 40), 5) - 5))
        size = np.where(tail == 0, np.inf, size)
        found[~near] = np.copysign(size, apart[~near])
    return found


def share(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of the distribution that lies below each of some numbers."""
    below = [0.5 * erfc(-each / sqrt(2)) for each in numbers.ravel().tolist()]
    return np.array(below, np.float64).reshape(numbers.shape)


def _ratio(
    parts: tuple[NDArray[np.float64], NDArray[np.float64]], at: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.asarray(np.polyval(parts[0], at) / np.polyval(parts[1], at))
