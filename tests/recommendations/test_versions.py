"""Versions: one serves, it changes in one statement, and what does not serve goes with all its rows."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from saleor_reciprocity.recommendations import listed, versions
from saleor_reciprocity.recommendations.models import CustomerList, ListedProducts, ModelVersion, Neighbour, Popularity


def filled(user: Any = None) -> ModelVersion:
    """A version with a row in every table."""
    version = versions.begin("test", now())
    Neighbour.objects.create(version=version, product_id=1, neighbour_id=2, score=1, people=5)
    Popularity.objects.create(version=version, channel_id="1", product_id=1, score=1, people=5)
    if user is not None:
        CustomerList.objects.create(
            version=version, user=user, kind="new", product_ids=[1], scores=[1], reasons=["popular"],
            because_product_ids=[None],
        )  # fmt: skip
    return version


def test_a_version_serves_once_it_is_finished(db: Any) -> None:
    version = versions.begin("test", now())
    assert (version.serving, version.people) == (False, 5)
    versions.serve(version, {"rows": 3}, now())
    (found,) = ModelVersion.objects.filter(serving=True)
    assert (found.pk, found.figures) == (version.pk, {"rows": 3})
    assert found.finished_at is not None


def test_serving_moves_in_one_statement_and_stays_with_one(db: Any) -> None:
    first, second = versions.begin("a", now()), versions.begin("b", now())
    versions.serve(first, {}, now())
    with CaptureQueriesContext(connection) as asked:
        versions.serve(second, {}, now())
    assert sum("SET serving" in query["sql"] for query in asked.captured_queries) == 1
    assert list(ModelVersion.objects.filter(serving=True)) == [second]
    with pytest.raises(IntegrityError, match="reciprocity_one_version_serves"), transaction.atomic():
        ModelVersion.objects.filter(pk=first.pk).update(serving=True)


def test_an_unfinished_version_never_serves(db: Any) -> None:
    version = versions.begin("test", now())
    with pytest.raises(IntegrityError, match="reciprocity_serving_is_finished"), transaction.atomic():
        ModelVersion.objects.filter(pk=version.pk).update(serving=True)


def test_what_serves_is_not_discarded(db: Any, customer: Any) -> None:
    version = filled(customer)
    versions.serve(version, {}, now())
    versions.discard(version.pk)
    assert [table.objects.count() for table in (ModelVersion, CustomerList, Neighbour, Popularity)] == [1, 1, 1, 1]


def test_what_does_not_serve_goes_with_its_rows(db: Any, customer: Any) -> None:
    old, new = filled(customer), filled(customer)
    versions.serve(old, {}, now())
    versions.serve(new, {}, now())
    versions.discard(old.pk)
    assert list(ModelVersion.objects.all()) == [new]
    assert list(CustomerList.objects.values_list("version", flat=True)) == [new.pk]
    assert Neighbour.objects.count() == Popularity.objects.count() == 1


def test_lists_go_with_the_user(db: Any, customer: Any) -> None:
    versions.serve(filled(customer), {}, now())
    customer.delete()
    assert CustomerList.objects.count() == 0


@pytest.mark.parametrize("change", [{"scores": []}, {"reasons": ["a", "b"]}, {"because_product_ids": []}])
def test_arrays_of_a_list_have_one_length(change: Any, db: Any, customer: Any) -> None:
    row = {"product_ids": [1], "scores": [1], "reasons": ["popular"], "because_product_ids": [None], **change}
    with pytest.raises(IntegrityError, match="reciprocity_lists_of_one_length"), transaction.atomic():
        CustomerList.objects.create(version=versions.begin("test", now()), user=customer, kind="new", **row)


def test_a_pair_that_one_person_bought_has_no_row(db: Any) -> None:
    version = versions.begin("test", now())
    with pytest.raises(IntegrityError, match="reciprocity_neighbour_people"), transaction.atomic():
        Neighbour.objects.create(version=version, product_id=1, neighbour_id=2, score=1, people=1)


def test_the_number_of_people_can_be_set_but_is_never_one(db: Any, settings: Any) -> None:
    settings.RECIPROCITY_MINIMUM_PEOPLE = 8
    assert versions.begin("test", now()).people == 8
    settings.RECIPROCITY_MINIMUM_PEOPLE = 1
    assert versions.begin("test", now()).people == 2


def test_what_stands_at_the_top_of_a_list_is_kept_once_a_week(customer: Any) -> None:
    """Ten of each list of a customer, on the days on which a training serves; dropped after 120 days."""
    version = versions.begin("any", now())
    for kind, first in (("again", 1), ("new", 101)):
        ids = list(range(first, first + 12))
        CustomerList.objects.create(
            version=version, user=customer, kind=kind, product_ids=ids, scores=[1.0] * 12, reasons=["popular"] * 12,
            because_product_ids=[None] * 12,
        )  # fmt: skip
    begin = datetime(2026, 3, 1, 2, tzinfo=timezone.utc)
    for day in (0, 1, 6, 7, 8, 14):
        listed.keep(version.pk, begin + timedelta(days=day))
    rows = ListedProducts.objects.order_by("listed_on")
    assert [row.listed_on.isoformat() for row in rows] == ["2026-03-01", "2026-03-08", "2026-03-15"]
    assert sorted(rows[0].product_ids) == [*range(1, 11), *range(101, 111)]
    listed.keep(version.pk, begin + timedelta(days=121))
    assert [row.listed_on.isoformat() for row in rows.all()] == ["2026-03-08", "2026-03-15", "2026-06-30"]
