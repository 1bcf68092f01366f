"""Training, seen from the shop: what counts, who is listed, one at a time, the old one until the new one is whole."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from saleor_reciprocity import tasks
from saleor_reciprocity.recommendations import counting, interactions, learning, replay, rows, serving, training
from saleor_reciprocity.recommendations.models import CustomerList, ModelVersion, Neighbour, Popularity
from saleor_reciprocity.recommendations.serving import Kind, Situation

from .. import hosts
from ..faults.crowd import at_once
from . import model
from .catalogues import a_crowd

DAY = timedelta(days=1)


@pytest.fixture
def crowd(programme_on: Any) -> Any:
    """Nine products in three tastes, and fifteen people, of whom three are guests; the same purchases every time."""
    return a_crowd(programme_on)


def row_counts() -> Any:
    return [list(table.objects.values_list("version_id", flat=True)) for table in (CustomerList, Neighbour, Popularity)]


def test_a_training_leaves_rows_that_are_served(crowd: Any, programme_on: Any, settings: Any) -> None:
    settings.RECIPROCITY_MINIMUM_PEOPLE = 2
    version = training.train(timezone.now())
    products, people, (drinks, tea) = crowd
    assert version.serving
    assert version.algorithm == learning.NAME
    customers = [person for person in people if not isinstance(person, str)]
    again = CustomerList.objects.filter(version=version, kind="again")
    assert set(again.values_list("user_id", flat=True)) == {person.pk for person in customers}
    bought = interactions.read("default", timezone.now(), 100)
    for number, user in enumerate(bought.users.tolist()):
        own = {int(product) for product in bought.products[bought.item[bought.person == number]]}
        for found in CustomerList.objects.filter(user_id=user):
            listed = set(found.product_ids)
            assert listed == own if found.kind == "again" else not listed & own
            assert found.scores == sorted(found.scores, reverse=True)
            assert all(because in own for because in found.because_product_ids if because)
    assert Neighbour.objects.exists()
    assert Popularity.objects.filter(category_id=drinks.pk).exists()
    assert set(Popularity.objects.filter(category_id=tea.pk).values_list("product_id", flat=True)) <= {
        product.pk for product in products[1::3]
    }
    shown = serving.recommend(Kind.BUY_AGAIN, Situation(now=timezone.now(), user=customers[0].pk), 5)
    assert [found.product_id for found in shown] == again.get(user=customers[0]).product_ids[:5]


def test_neighbours_and_popularity_agree_with_counting_in_sql(crowd: Any, settings: Any) -> None:
    settings.RECIPROCITY_MINIMUM_PEOPLE = 3
    training.train(timezone.now())
    columns = ("product_id", "neighbour_id", "people")
    learned = set(Neighbour.objects.values_list(*columns))
    popular = set(Popularity.objects.values_list("channel_id", "category_id", "product_id", "people"))
    model.count()
    assert learned == set(Neighbour.objects.values_list(*columns))
    assert learned
    assert popular == set(Popularity.objects.values_list("channel_id", "category_id", "product_id", "people"))


def test_no_pair_of_fewer_people_than_said_is_written(crowd: Any, settings: Any) -> None:
    settings.RECIPROCITY_MINIMUM_PEOPLE = 100
    training.train(timezone.now())
    assert not Neighbour.objects.exists()
    assert not Popularity.objects.exists()
    assert not CustomerList.objects.filter(kind="new").exists()


def test_what_is_older_than_the_days_or_later_than_the_start_is_not_read(programme_on: Any, customer: Any) -> None:
    product, old, future = (hosts.product(name, programme_on) for name in ("now", "old", "future"))
    now = timezone.now()
    for bought, placed_at in ((product, now - 3 * DAY), (old, now - 50 * DAY), (future, now + DAY)):
        hosts.buy(customer, [bought], placed_at=placed_at)
    read = interactions.read("default", now, 30)
    assert read.products.tolist() == [product.pk]
    assert read.users.tolist() == [customer.pk]


def test_reading_in_small_chunks_changes_nothing(crowd: Any, monkeypatch: Any) -> None:
    now, seen = timezone.now(), []
    whole = interactions.read("default", now, 100)
    monkeypatch.setattr(interactions, "CHUNK", 7)
    parts = interactions.read("default", now, 100, seen.append)
    assert sorted(zip(whole.users[whole.person], whole.products[whole.item], whole.day)) == sorted(
        zip(parts.users[parts.person], parts.products[parts.item], parts.day)
    )
    assert seen[:2] == [7, 14]
    assert seen[-1] == len(whole.day) == 90


def test_an_erased_customer_is_gone_after_the_next_training(crowd: Any) -> None:
    person = crowd[1][1]
    training.train(timezone.now())
    assert CustomerList.objects.filter(user=person).exists()
    key = person.pk
    person.delete()
    training.train(timezone.now())
    assert not CustomerList.objects.filter(user_id=key).exists()


def test_a_customer_who_goes_while_lists_are_written_is_left_out(crowd: Any, customer: Any) -> None:
    version = ModelVersion.objects.create(algorithm="test", people=2, started_at=timezone.now())
    lists = [(user, "again", [1], [0.5], ["again"], [None]) for user in (customer.pk, customer.pk + 1000)]
    assert rows.write_lists(version, lists) == 1
    assert CustomerList.objects.get().user_id == customer.pk


def test_a_shop_without_orders_can_be_trained(programme_on: Any) -> None:
    assert training.train(timezone.now()).serving
    assert row_counts() == [[], [], []]


def test_the_next_training_cleans_up_after_one_that_died(crowd: Any) -> None:
    dead = ModelVersion.objects.create(algorithm="died", people=2, started_at=timezone.now())
    Neighbour.objects.create(version=dead, product_id=1, neighbour_id=2, score=1, people=5)
    first, second = training.train(timezone.now()), training.train(timezone.now())
    assert list(ModelVersion.objects.values_list("pk", flat=True)) == [second.pk]
    assert first.pk < second.pk
    assert {pk for pks in row_counts() for pk in pks} == {second.pk}


@pytest.mark.parametrize("step", ["write_popularity", "write_neighbours", "write_lists"])
def test_a_training_that_fails_leaves_the_old_one_and_nothing_of_its_own(
    step: str, crowd: Any, monkeypatch: Any, settings: Any
) -> None:
    settings.RECIPROCITY_MINIMUM_PEOPLE = 2
    old = training.train(timezone.now())
    before = row_counts()

    def fail(*args: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(rows, step, fail)
    with pytest.raises(RuntimeError):
        training.train(timezone.now())
    assert list(ModelVersion.objects.values_list("pk", "serving")) == [(old.pk, True)]
    assert row_counts() == before


def test_of_two_trainings_at_once_one_trains(transactional_db: Any, programme_on: Any, monkeypatch: Any) -> None:
    a_crowd(programme_on)
    results = at_once(2, lambda number: training.train(progress=_slowly, now=timezone.now()))
    assert sorted(type(result).__name__ for result in results) == ["AlreadyTraining", "ModelVersion"]
    assert ModelVersion.objects.count() == 1
    training.train(timezone.now())  # the lock is free again


def _slowly(step: str, done: int, whole: int) -> None:
    import time

    time.sleep(0.2)


def test_without_numpy_it_is_counted_in_sql_and_one_is_told(crowd: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(training, "find_spec", lambda name: None)
    out, err = StringIO(), StringIO()
    call_command("reciprocity_train", stdout=out, stderr=err)
    assert "pip install 'saleor-reciprocity[recommendations]'" in err.getvalue()
    assert "counting" in out.getvalue()
    assert ModelVersion.objects.get().algorithm == counting.NAME
    with pytest.raises(CommandError, match="pip install"):
        call_command("reciprocity_evaluate")


def test_the_command_says_what_it_does_and_what_it_did(crowd: Any) -> None:
    out, err = StringIO(), StringIO()
    call_command("reciprocity_train", stdout=out, stderr=err)
    *steps, lists = err.getvalue().splitlines()
    assert [line.split()[2] for line in steps] == ["reading", "popularity", "neighbours", "learning"]
    assert lists.startswith("[##############################] 100%")
    assert " lists, " in lists
    assert f"Version {ModelVersion.objects.get().pk} serves now" in out.getvalue()
    assert "lines: 90" in out.getvalue()
    with pytest.raises(CommandError, match="There is no database nowhere"):
        call_command("reciprocity_train", database="nowhere")
    with pytest.raises(CommandError, match="at least 1"):
        call_command("reciprocity_train", days=0)


def test_the_task_trains_once_a_day_and_is_quiet_about_another_training(crowd: Any, monkeypatch: Any) -> None:
    tasks.train()
    first = ModelVersion.objects.get(serving=True)
    tasks.train()
    assert ModelVersion.objects.get() == first
    ModelVersion.objects.update(started_at=timezone.now() - DAY, finished_at=timezone.now())
    with monkeypatch.context() as patched:
        patched.setattr(training, "train", busy)
        tasks.train()
    assert ModelVersion.objects.get() == first
    tasks.train()
    assert ModelVersion.objects.get().pk > first.pk


def busy(now: Any, feedback: Any) -> None:
    raise training.AlreadyTraining


def test_a_young_shop_is_told_that_nothing_can_be_told(crowd: Any) -> None:
    out = StringIO()
    call_command("reciprocity_evaluate", stdout=out, stderr=StringIO())
    assert "Too little history" in out.getvalue()
    with pytest.raises(CommandError, match="1 or more"):
        call_command("reciprocity_evaluate", cuts=[0])


def test_the_evaluation_prints_figures_and_says_in_words_what_they_mean(db: Any, monkeypatch: Any) -> None:
    from .test_evaluation import baskets

    known = baskets()
    day = known.day + interactions.day_of(timezone.now()) - 240
    bought = interactions.Purchases(
        known.person, known.item, np.zeros_like(known.item), day, np.arange(1, 501), np.arange(240), ["1"]
    )
    monkeypatch.setattr(interactions, "read", lambda *args: bought)
    lines = replay.report("default", now=timezone.now(), days=9, cuts=[60], seed=1, progress=lambda step: None)
    text = "\n".join(lines)
    assert "All items: " in text
    assert "Items new to the customer:" in text
    assert text.count("In words: it helps: the learned lists foresaw the next basket better than popularity") == 2
    assert text.count("[") == 2 * (3 * 2 + 2 * 2)
    assert text == "\n".join(
        replay.report("default", now=timezone.now(), days=9, cuts=[60], seed=1, progress=lambda step: None)
    )
