"""What stars are worth in a made-up shop: they help where they tell, and do little harm where they tell nothing."""

from __future__ import annotations

import numpy as np

from saleor_reciprocity.recommendations import simulation
from saleor_reciprocity.recommendations.algorithms.evaluation import judge
from saleor_reciprocity.recommendations.algorithms.learned import Learned
from saleor_reciprocity.recommendations.algorithms.lists import NOTHING, Wanted
from saleor_reciprocity.recommendations.algorithms.rating_shop import Judged, RatingShop
from saleor_reciprocity.recommendations.simulation import disappointing


def test_a_made_up_shop_is_the_same_for_a_seed() -> None:
    one, again, other = (RatingShop.made_up(seed, telling=True, people=50) for seed in (3, 3, 4))
    assert np.array_equal(one.history.item, again.history.item)
    assert np.array_equal(one.stars, again.stars)
    assert not np.array_equal(one.stars, other.stars)


def test_stars_are_only_of_what_was_bought_before_the_cut_and_mostly_right() -> None:
    shop = RatingShop.made_up(3, telling=True, people=300)
    known = shop.cut().history
    bought = np.zeros(shop.stars.shape, bool)
    bought[known.person, known.item] = True
    assert not (shop.stars[~bought]).any()
    rated = shop.stars > 0
    wrong = ((shop.stars <= 2) != shop.disappointed)[rated].mean()
    assert 0.05 < wrong < 0.15
    assert 0.15 < rated.sum() / bought.sum() < 0.25


def test_judged_lists_hold_nothing_that_was_rated_low_and_everything_that_was_wanted() -> None:
    shop = RatingShop.made_up(3, telling=True, people=300)
    cut = shop.cut()
    judged = Judged(Learned(cut.history, 3, fewest=5), shop, cut.history, 5)
    people = np.arange(300)
    items = judged.recommend(people, 10, Wanted.ALL).items
    row, place = np.nonzero(items != NOTHING)
    stars = shop.stars[row, items[row, place]]
    assert not ((stars > 0) & (stars <= 2)).any()
    assert (stars >= 4).any()


def test_stars_spare_disappointments_and_cost_little_foresight() -> None:
    for telling in (True, False):
        shop = RatingShop.made_up(3, telling=telling, people=600)
        cut = shop.cut()
        without = Learned(cut.history, 3, fewest=5)
        judged = Judged(without, shop, cut.history, 5)
        for wanted in (Wanted.ALL, Wanted.NEW):
            assert disappointing(shop, judged, wanted) < disappointing(shop, without, wanted)
            lost = judge(cut, without).means(wanted) - judge(cut, judged).means(wanted)
            assert (lost < 0.03).all(), (telling, wanted, lost)


def test_the_command_prints_both_worlds() -> None:
    lines = simulation.report(3, people=300)
    assert lines[0] == "A made-up shop: 300 customers, 600 products, stars for 20% of what was bought, seed 3."
    assert sum(line.startswith("lists with stars less lists without") for line in lines) == 4
    assert sum(line.startswith("Of the places, these would disappoint: ") for line in lines) == 4
