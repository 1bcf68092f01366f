"""Intervals: how far the share or the mean behind what was seen may lie from it. Pure."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)


def wilson(share: float, number: int, z: float = Z) -> tuple[float, float]:
    """The interval of a share of so many (Wilson, Probable Inference, JASA 22 (1927) 209-212)."""
    spread = z**2 / number
    centre = (share + spread / 2) / (1 + spread)
    reach = z / (1 + spread) * sqrt(share * (1 - share) / number + spread / (4 * number))
    return max(centre - reach, 0.0), min(centre + reach, 1.0)


def student(degrees: int) -> float:
    """The 97.5 % quantile of Student's t for two degrees of freedom or more, within 0.2 %.

    After Abramowitz and Stegun, Handbook of Mathematical Functions (1964), formula 26.7.5.
    """
    if degrees == 2:
        return 0.95 * sqrt(2 / (1 - 0.95**2))
    terms = (
        Z,
        (Z**3 + Z) / 4,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
        (79 * Z**9 + 776 * Z**7 + 1482 * Z**5 - 1920 * Z**3 - 945 * Z) / 92160,
    )
    return float(sum(term / degrees**power for power, term in enumerate(terms)))
