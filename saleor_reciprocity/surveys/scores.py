"""Scores: what raw answers come to, with the number of answers and a 95 % confidence interval. Pure.

CSAT is the share of those who are satisfied, the upper two of five answers, in percent. Its interval is Wilson's
(Probable Inference, JASA 22 (1927) 209-212), which stays within 0 and 100 and holds for few answers.

NPS is the percentage of promoters (9, 10) less that of detractors (0 to 6), after Reichheld (The One Number You Need
to Grow, Harvard Business Review, December 2003). Its interval is that of Bonett and Price for the difference of two
shares of one sample (Journal of Educational and Behavioral Statistics 37 (2012) 479-488): with one answer added to
each side, d +- z * sqrt((p1 + p2 - d^2) / (n + 2)).

CES is the mean on a scale of 1 to 7, after Dixon, Freeman and Toman (Stop Trying to Delight Your Customers, Harvard
Business Review, July 2010) in its second version of 2013. Its interval, and that of stars, is Student's with one answer
added to each end of the scale, so that a few answers that agree are not taken for certain; it is kept within the scale.
It always contains the mean, because one added answer is further from the mean than it can move the centre.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Callable, Mapping

from saleor_reciprocity.intervals import Z, student, wilson

CSAT, NPS, CES = "csat", "nps", "ces"

# The first and the last answer of each question.
SCALES = {CSAT: (1, 5), NPS: (0, 10), CES: (1, 7)}
STARS = (1, 5)


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
    low, high = scale
    answers = sum(counts.values())
    value = sum(answer * count for answer, count in counts.items()) / answers
    centre = (answers * value + low + high) / (answers + 2)
    squares = sum(count * (answer - centre) ** 2 for answer, count in [*counts.items(), (low, 1), (high, 1)])
    reach = student(answers + 1) * sqrt(squares / (answers + 1) / (answers + 2))
    return Score(answers, value, max(centre - reach, low), min(centre + reach, high))


_SCORES: dict[str, Callable[[Mapping[int, int]], Score]] = {CSAT: csat, NPS: nps, CES: ces}
