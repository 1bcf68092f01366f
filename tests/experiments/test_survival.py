"""How soon people come back, beside what lifelines computes."""

from __future__ import annotations

import pytest

from saleor_reciprocity.experiments.survival import Step, curve

RETURNED = {3: 2, 7: 1, 12: 2, 30: 1, 45: 1, 60: 1}
LEFT = {12: 1, 30: 1, 90: 6}

# KaplanMeierFitter of lifelines 0.30.3 with alpha 0.05: days, at risk, what is left, lower and upper limit of that.
LIFELINES = [
    (3, 16, 0.875000, 0.585981, 0.967189),
    (7, 14, 0.812500, 0.524604, 0.935352),
    (12, 13, 0.687500, 0.404603, 0.856279),
    (30, 10, 0.618750, 0.339291, 0.807991),
    (45, 8, 0.541406, 0.267461, 0.751653),
    (60, 7, 0.464063, 0.204131, 0.690086),
]


def test_the_curve_is_that_of_lifelines() -> None:
    found = curve(RETURNED, 16, LEFT)
    assert found[0] == Step(0, 0.0, 0.0, 0.0, 16)
    assert [(step.days, step.followed) for step in found[1:]] == [row[:2] for row in LIFELINES]
    for step, (_, _, away, low, high) in zip(found[1:], LIFELINES):
        assert step.returned == pytest.approx(1 - away, abs=1e-6)
        assert (step.low, step.high) == (pytest.approx(1 - high, abs=1e-6), pytest.approx(1 - low, abs=1e-6))


def test_without_anybody_leaving_it_is_the_share_of_those_who_came_back() -> None:
    assert [step.returned for step in curve({1: 20, 5: 0, 90: 30}, 100)] == [
        0.0,
        pytest.approx(0.2),
        pytest.approx(0.5),
    ]


def test_all_who_come_back() -> None:
    last = curve({1: 1, 2: 3}, 4)[-1]
    assert (last.returned, last.high, last.followed) == (1.0, 1.0, 3)
    assert 0 < last.low < 0.25


def test_nobody_has_a_curve_without_steps() -> None:
    assert curve({}, 0) == [Step(0, 0.0, 0.0, 0.0, 0)]
