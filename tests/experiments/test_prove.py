"""The proof in short: simulated shops through the code of the report, a fixed seed; and what the shops are like."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from io import StringIO
from math import sqrt
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from scipy.stats import binom

from saleor_reciprocity.experiments import simulated
from saleor_reciprocity.experiments.evidence import GIFT, PROGRAMME, SURVEY
from saleor_reciprocity.experiments.simulated import PROMISES, Promise, Scene, binomial, shop
from saleor_reciprocity.management.commands import reciprocity_prove

PAGE = (PROGRAMME, GIFT, SURVEY)


def prove(**options: Any) -> str:
    out = StringIO()
    call_command("reciprocity_prove", seed=7, processes=1, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "only",
    [
        "no effect, 300 customers",
        "the share goes from 50 to 10 %",
        "+10 points are found, base 25 %",
        "+6 points are found, base 25 %",
        "-10 points",
        "a gift worth",
        "a fifth of those held out",
    ],
)
def test_a_promise_is_kept_by_the_shipped_code(only: str) -> None:
    said = prove(shops=25, only=only)
    assert "BROKEN" not in said
    assert "ok" in said


def test_a_promise_that_is_not_kept_ends_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Promise("nothing is found", Scene(effect=0.3, people=1000), "works", at_most=0.05)
    monkeypatch.setattr(reciprocity_prove, "PROMISES", [broken])
    with pytest.raises(CommandError, match="1 of 1 promises"):
        prove(shops=5)


def test_there_has_to_be_something_to_simulate() -> None:
    for options in ({"shops": 0}, {"shops": 5, "only": "no such promise"}):
        with pytest.raises(CommandError, match="nothing"):
            prove(**options)


def test_the_same_seed_gives_the_same_shops() -> None:
    assert prove(shops=3, only="+10 points are found, base 25 %") == prove(
        shops=3, only="+10 points are found, base 25 %"
    )


def test_a_promise_has_a_margin_of_three_standard_errors() -> None:
    most = Promise("", Scene(), "works", at_most=0.05)
    assert most.kept(0.08, 0.01)
    assert not most.kept(0.081, 0.01)
    least = Promise("", Scene(), "works", at_least=0.9)
    assert least.kept(0.87, 0.01)
    assert not least.kept(0.869, 0.01)
    assert (most.bound, least.bound) == (0.05, 0.9)


def test_every_promise_of_the_report_is_simulated() -> None:
    bounds = {promise.words: promise.bound for promise in PROMISES}
    assert bounds["no effect, 20,000 in three years with seasons: any “works”"] == 0.05
    assert bounds["no effect, 20,000 in three years with seasons: any “harms”"] == 0.05
    assert {words: bound for words, bound in bounds.items() if "are found" in words} == {
        "+10 points are found, base 10 %": 0.99,
        "+10 points are found, base 25 %": 0.99,
        "+10 points are found, base 43 %": 0.99,
        "+6 points are found, base 25 %": 0.85,
        "+6 points are found, base 43 %": 0.85,
        "+5 points are found, base 10 %": 0.8,
        "+5 points are found, base 25 %": 0.8,
        "-5 points are found, base 25 %": 0.8,
        "-10 points are found, base 25 %": 0.99,
    }
    assert bounds["a gift worth +10 points is found, one order in ten wins"] == 0.9
    assert all(promise.scene.people == 5000 for promise in PROMISES if "are found" in promise.words)


def rate_of(cells: list[simulated.Cell], held_out: bool) -> tuple[int, float]:
    people = sum(cell.people for cell in cells if cell.held_out == held_out)
    return people, sum(cell.returned for cell in cells if cell.held_out == held_out) / people


def test_a_shop_has_the_people_the_shares_and_the_effects_of_its_scene() -> None:
    scene = Scene(people=200_000, effect=0.1, gift=0.2, probability=Decimal("0.3"), questions=PAGE)
    cells = shop(scene, random.Random(1))
    expected = {
        # held out, their rate, others' rate: 0.25 + 0.1 + 0.3 * 0.2
        PROGRAMME: (40_000, 0.25, 0.41),
        # blanks are 0.7 of the 160,000 others
        GIFT: (112_000, 0.35, 0.55),
        # 0.2 * 0.25 + 0.8 * 0.41 in both arms
        SURVEY: (20_000, 0.378, 0.378),
    }
    for question, (held_out, rate, others_rate) in expected.items():
        found = rate_of(cells[question], True)
        assert found[0] == pytest.approx(held_out, abs=4 * sqrt(held_out))
        assert found[1] == pytest.approx(rate, abs=4 * sqrt(rate * (1 - rate) / held_out))
        assert rate_of(cells[question], False)[1] == pytest.approx(others_rate, abs=0.008)
        assert scene.truth(question) == pytest.approx(others_rate - rate)
    assert sum(cell.people for cell in cells[PROGRAMME]) == 200_000


def test_a_scene_changes_in_the_middle_swings_and_loses_rows() -> None:
    half, tenth = Decimal("0.5"), Decimal("0.1")
    cells = shop(Scene(people=40_000, share=half, later_share=tenth, later_rate=0.15, lost=0.2), random.Random(2))[
        PROGRAMME
    ]
    early, late = ([cell for cell in cells if cell.share == share] for share in (half, tenth))
    assert max(cell.day for cell in early) < min(cell.day for cell in late)
    assert rate_of(early, True)[0] == pytest.approx(8000, abs=400)  # a fifth of 10,000 is lost
    assert rate_of(early, False)[1] == pytest.approx(0.25, abs=0.02)
    assert rate_of(late, False)[1] == pytest.approx(0.4, abs=0.02)
    swinging = shop(Scene(people=40_000, days=365, season=0.2), random.Random(2))[PROGRAMME]
    first = [cell for cell in swinging if cell.day < simulated.START + simulated.timedelta(days=90 + 180)]
    assert rate_of(first, False)[1] > 0.33


def test_strata_have_their_parts_and_rates() -> None:
    cells = shop(Scene(people=50_000, strata=((0.6, 0.0), (0.3, 0.1), (0.1, 0.2))), random.Random(3))[PROGRAMME]
    people = Counter({stratum: sum(c.people for c in cells if c.stratum == stratum) for stratum in range(3)})
    assert [people[stratum] / 50_000 for stratum in range(3)] == pytest.approx([0.6, 0.3, 0.1], abs=0.01)
    last = [cell for cell in cells if cell.stratum == 2]
    assert rate_of(last, False)[1] == pytest.approx(0.45, abs=0.03)


def test_the_numbers_are_binomial() -> None:
    luck = random.Random(4)
    drawn = Counter(binomial(luck, 12, 0.3) for _ in range(20_000))
    for successes in range(13):
        share = binom.pmf(successes, 12, 0.3)
        assert drawn[successes] / 20_000 == pytest.approx(share, abs=4 * sqrt(share / 20_000) + 1e-4)
    assert [binomial(luck, 5, 0.0), binomial(luck, 5, 1.0), binomial(luck, 0, 0.5)] == [0, 5, 0]
