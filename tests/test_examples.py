"""The three example programmes: what they set, with amounts that suit the channel's money."""

from __future__ import annotations

from decimal import Decimal
from typing import Mapping

import pytest

from saleor_reciprocity import examples, inputs
from saleor_reciprocity.examples import Example

NOTHING = inputs.canonical({})


@pytest.mark.parametrize(
    ("usual_order", "decimals", "by"),
    [
        (None, 2, 1),
        (None, 0, 100),
        ("0", 2, 1),
        ("8.50", 2, 1),
        ("499.99", 2, 1),
        ("500", 2, 10),
        ("4999.99", 2, 10),
        ("5000", 0, 100),
        ("49999", 0, 100),
        ("1000000000000", 0, 100_000),
    ],
)
def test_amounts_are_multiplied_by_what_suits_the_usual_order(usual_order: str | None, decimals: int, by: int) -> None:
    assert examples.factor(None if usual_order is None else Decimal(usual_order), decimals) == by


def money_of(values: Mapping[str, str]) -> dict[str, str]:
    names = ("points_per_unit", "reward_points", "reward_value", "surprise_value", "surprise_budget_per_month")
    return {name: values[name] for name in names}


def test_a_point_stands_for_as_much_more_as_amounts_are_larger() -> None:
    plain, hundredfold = (money_of(examples.values(Example.ALL, by, NOTHING)) for by in (1, 100))
    assert list(plain.values()) == ["1", "100", "5", "5", "100"]
    assert list(hundredfold.values()) == ["0.01", "100", "500", "500", "10000"]


@pytest.mark.parametrize("example", list(Example))
@pytest.mark.parametrize("by", [1, 10, 100_000])
def test_each_can_be_stored_and_gives_nothing_away_without_a_limit(example: Example, by: int) -> None:
    found = inputs.parse({**NOTHING, **examples.values(example, by, NOTHING)})
    assert not found.surprise_probability or 0 < found.surprise_budget_per_month <= 100 * by
    assert not found.surprise_probability or found.holdout_share == Decimal("0.2")
    assert found.survey_question == "off" or found.survey_holdout_share == Decimal("0.1")
    assert (found.mail_consent, found.mail_terms_confirmed) == ("preference", False)


def test_a_source_of_consent_that_is_named_stays() -> None:
    named = {**NOTHING, "mail_consent": "existing customers"}
    assert "mail_consent" not in examples.values(Example.ALL, 1, named)
