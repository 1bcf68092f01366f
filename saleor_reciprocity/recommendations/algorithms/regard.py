"""Regard: what many people's stars leave of a product's score for those to whom it is new.

A product sinks as far as its stars surely say, and no further: by the lower end of the 95 % Wilson interval of the
share of people who rate it low, beside the share that is usual in the shop. Few stars say little, so they move little.
"""

from __future__ import annotations

from saleor_reciprocity.intervals import wilson

LOW, HIGH = 2, 4  # stars: at most, at least
CATEGORY_WEIGHT = 0.2  # of what is popular in the category of something rated high, beside a list of the customer's own
MOST_OF_A_CATEGORY = 20


def worth(low: int, people: int, usual: float) -> float:
    """What a product's score is multiplied by: 1 where no more people rate it low than is usual, less where surely so.

    `low` of `people` gave few stars; `usual` is the share of low ratings among all of the shop.
    """
    surely, _at_most = wilson(low / people, people)
    return (1 - surely) / (1 - usual) if surely > usual else 1.0
