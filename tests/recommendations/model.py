"""A trained model for tests, written by hand or counted in SQL."""

from __future__ import annotations

from typing import Any, Callable, Iterable
from unittest import mock

from django.utils import timezone

from saleor_reciprocity.recommendations import training, versions
from saleor_reciprocity.recommendations.models import CustomerList, ModelVersion, Neighbour, Popularity


def serving() -> ModelVersion:
    """The version that serves, a new and empty one if there is none."""
    found = ModelVersion.objects.filter(serving=True).first()
    if found is None:
        found = versions.begin("by hand", timezone.now())
        versions.serve(found, {}, timezone.now())
    return found


def list_of(user: Any, kind: str, products: Iterable[Any], reason: str = "similar", because: Any = None) -> None:
    """A customer's list, the best product first."""
    ids = [product.pk for product in products]
    CustomerList.objects.create(
        version=serving(),
        user=user,
        kind=kind,
        product_ids=ids,
        scores=[1.0 / place for place in range(1, len(ids) + 1)],
        reasons=[reason] * len(ids),
        because_product_ids=[because.pk if because else None] * len(ids),
    )


def neighbours(product: Any, others: Iterable[Any]) -> None:
    """What goes with a product, the closest first."""
    for place, other in enumerate(others, start=1):
        Neighbour.objects.create(
            version=serving(), product_id=product.pk, neighbour_id=other.pk, score=1.0 / place, people=5
        )


def popular(channel: Any, products: Iterable[Any], category: Any = None) -> None:
    """What is popular in a channel, or in one of its categories."""
    for place, product in enumerate(products, start=1):
        Popularity.objects.create(
            version=serving(),
            channel_id=channel.id,
            category_id=category.pk if category else None,
            product_id=product.pk,
            score=1.0 / place,
            people=5,
        )


def count(progress: Callable[[str, int, int], None] = lambda step, done, whole: None) -> ModelVersion:
    """Train as a shop without numpy does."""
    with mock.patch.object(training, "can_learn", return_value=False):
        return training.train(progress=progress, now=timezone.now())
