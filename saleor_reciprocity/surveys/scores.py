"""Scores: what raw answers come to, with the number of answers and a 95 % confidence interval. Pure.

CSAT is the share of those who are satisfied, the upper two of five answers, in percent. Its interval is Wilson's
(Probable Inference, JASA 22 (1927) 209-212), which stays within 0 and 100 and holds for few answers.

NPS is the percentage of promoters (9, 10) less that of detractors (0 to 6), after Reichheld (The One Number You Need
to Grow, Harvard Business Review, December 2003). Its interval is that of Bonett and Price for the difference of two
shares of one sample (Journal of Educational and Behavioral Statistics 37 (2012) 479-488): with one answer added to
each side, d +- z * sqrt((p1 + p2 - d^2) / (n + 2)).

CES is the mean on a scale of 1 to 7, after Dixon, Freeman and Toman (Stop Trying to Delight Your Customers, Harvard
Business Review, July 2010) in its second version of 2013. Its interval is Student's, within the scale. Where all
answers are the same, or there is one, that interval says nothing; then Wilson's on the scale stands in, which is
never too narrow, because no answers on a scale vary more than those at its two ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt, tan
from statistics import NormalDist
from typing import Callable, Mapping

CSAT, NPS, CES = "csat", "nps", "ces"

# The first and the last answer of each question.
SCALES = {CSAT: (1, 5), NPS: (0, 10), CES: (1, 7)}
STARS = (1, 5)

Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Score:
    """What some answers come to: in percent for CSAT and NPS, on its own scale for CES. None of no answers."""

    answers: int
    value: float | None
    low: float | None
    high: float | None


NOTHING = Score(0, None, None, None)


def answers_of(question: str) -> range:
    """The possible answers of a question, from the worst to the best."""
    low, high = SCALES[question]
    return range(low, high + 1)


def score_of(question: str, counts: Mapping[int, int]) -> Score:
    """The score of answers to a question, given as how many there are of each."""
    return _SCORES[question](counts) if sum(counts.values()) else NOTHING


def csat(counts: Mapping[int, int]) -> Score:
    """The share of 4 and 5, in percent."""
    answers, satisfied = sum(counts.values()), counts.get(4, 0) + counts.get(5, 0)
    low, high = wilson(satisfied / answers, answers)
    return Score(answers, 100 * satisfied / answers, 100 * low, 100 * high)


def nps(counts: Mapping[int, int]) -> Score:
    """The percentage of 9 and 10 less that of 0 to 6."""
    answers = sum(counts.values())
    promoters = counts.get(9, 0) + counts.get(10, 0)
    detractors = sum(counts.get(answer, 0) for answer in range(7))
    above, below = (promoters + 1) / (answers + 2), (detractors + 1) / (answers + 2)
    centre = above - below
    reach = Z * sqrt((above + below - centre**2) / (answers + 2))
    value = (promoters - detractors) / answers
    return Score(answers, 100 * value, 100 * max(centre - reach, -1), 100 * min(centre + reach, 1))


def ces(counts: Mapping[int, int]) -> Score:
    """The mean on the scale of 1 to 7."""
    return mean(counts, SCALES[CES])


def stars(counts: Mapping[int, int]) -> Score:
    """The mean rating of a product."""
    return mean(counts, STARS) if sum(counts.values()) else NOTHING


def mean(counts: Mapping[int, int], scale: tuple[int, int]) -> Score:
    """The mean of answers on a scale."""
    answers = sum(counts.values())
    centre = sum(answer * count for answer, count in counts.items()) / answers
    squares = sum(count * (answer - centre) ** 2 for answer, count in counts.items())
    low, high = scale
    if squares == 0:
        share_low, share_high = wilson((centre - low) / (high - low), answers)
        return Score(answers, centre, low + share_low * (high - low), low + share_high * (high - low))
    reach = student(answers - 1) * sqrt(squares / (answers - 1) / answers)
    return Score(answers, centre, max(centre - reach, low), min(centre + reach, high))


def wilson(share: float, answers: int) -> tuple[float, float]:
    """Wilson's interval of a share of so many answers."""
    spread = Z**2 / answers
    centre = (share + spread / 2) / (1 + spread)
    reach = Z / (1 + spread) * sqrt(share * (1 - share) / answers + spread / (4 * answers))
    return max(centre - reach, 0.0), min(centre + reach, 1.0)


def student(degrees: int) -> float:
    """The 97.5 % quantile of Student's t, within 0.2 % (Abramowitz and Stegun, Handbook, 1964, formula 26.7.5)."""
    if degrees == 1:
        return tan(0.475 * pi)
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


_SCORES: dict[str, Callable[[Mapping[int, int]], Score]] = {CSAT: csat, NPS: nps, CES: ces}
