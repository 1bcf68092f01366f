"""Trainings that die, as processes and at every statement; and trainings without numpy or beside a replica."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from io import StringIO
from typing import Any, Iterator

import pytest
from django.core.management import call_command
from django.db import InternalError, connection, connections, transaction
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.recommendations import counting, learning, serving, training
from saleor_reciprocity.recommendations.models import CustomerList, ModelVersion, Neighbour, Popularity
from saleor_reciprocity.recommendations.serving import Kind, Situation

from ..faults.killing import Executioner, Killed, restart
from .catalogues import a_crowd

MANAGE = """
import os, signal, sys
if os.environ["WITHOUT_NUMPY"]:
    sys.modules.update(numpy=None, scipy=None)  # as if they were not installed
import django
django.setup()
from django.core.management import call_command
from django.db import connection
connection.settings_dict["NAME"] = os.environ["TEST_DATABASE"]
from saleor_reciprocity.management.progress import Steps
from saleor_reciprocity.recommendations import versions
def die():
    os.kill(os.getpid(), signal.SIGKILL)
show, serve = Steps.show, versions.serve
def dies_at_a_step(self, step, done, whole):
    show(self, step, done, whole)
    if step == os.environ["DIES_AT"]:
        die()
def dies_once_served(version, figures, now):
    serve(version, figures, now)
    if os.environ["DIES_AT"] == "served":
        die()
Steps.show = dies_at_a_step
versions.serve = dies_once_served
call_command("reciprocity_train")
"""


def train_in_a_process(dies_at: str = "", without_numpy: bool = False) -> Any:
    environment = {
        **os.environ,
        "TEST_DATABASE": connection.settings_dict["NAME"],
        "PYTHONWARNINGS": "ignore",
        "DIES_AT": dies_at,
        "WITHOUT_NUMPY": "yes" if without_numpy else "",
    }
    return subprocess.run([sys.executable, "-c", MANAGE], env=environment, capture_output=True, text=True)


@pytest.fixture
def crowd(transactional_db: Any, programme_on: Any, settings: Any) -> Any:
    settings.RECIPROCITY_MINIMUM_PEOPLE = 2
    return a_crowd(programme_on)


def whole(version: ModelVersion) -> None:
    """What serves has all its rows: lists of everybody with an account, neighbours, and what is popular."""
    assert CustomerList.objects.filter(version=version, kind="again").count() == 12
    assert Neighbour.objects.filter(version=version).exists()
    assert Popularity.objects.filter(version=version).exists()


def debris_of(version: ModelVersion) -> set[int]:
    """Versions with a row that do not serve."""
    tables = (CustomerList, Neighbour, Popularity)
    found = {pk for table in tables for pk in table.objects.values_list("version_id", flat=True)}
    return found | set(ModelVersion.objects.values_list("pk", flat=True)) - {version.pk}


@pytest.mark.parametrize(
    ("step", "without_numpy"),
    [
        ("reading", False),
        ("neighbours", False),
        ("learning", False),
        ("lists", False),
        ("served", False),
        ("counting popularity", True),
        ("lists of customers, block 1 of 1", True),
    ],
)
def test_a_killed_process_leaves_the_old_version_serving_and_the_next_cleans_up(
    step: str, without_numpy: bool, crowd: Any
) -> None:
    old = training.train(timezone.now())
    died = train_in_a_process(step, without_numpy)
    assert died.returncode == -signal.SIGKILL, died.stderr
    serves = ModelVersion.objects.get(serving=True)
    assert (serves.pk != old.pk) == (step == "served")
    whole(serves)
    user = crowd[1][1]
    assert serving.recommend(Kind.BUY_AGAIN, Situation(now=timezone.now(), user=user.pk), 5)
    new = training.train(timezone.now())
    assert new.pk not in (old.pk, serves.pk)
    whole(new)
    assert debris_of(new) == {new.pk}


def test_without_numpy_a_process_says_so_and_leaves_a_shop_with_all_that_sql_can_count(crowd: Any) -> None:
    done = train_in_a_process(without_numpy=True)
    assert done.returncode == 0, done.stderr
    assert "pip install 'saleor-reciprocity[recommendations]'" in done.stderr
    version = ModelVersion.objects.get(serving=True)
    assert version.algorithm == counting.NAME
    whole(version)
    asked = Situation(now=timezone.now(), user=crowd[1][1].pk)
    assert {item.reason for item in serving.recommend(Kind.BUY_AGAIN, asked, 50)} == {"again"}
    beside = Situation(now=timezone.now(), product=Neighbour.objects.earliest("pk").product_id)
    assert {item.reason for item in serving.recommend(Kind.GOES_WITH, beside, 50)} >= {"together"}
    assert {item.reason for item in serving.recommend(Kind.FOR_YOU, Situation(now=timezone.now()), 50)} == {"popular"}


@pytest.mark.parametrize("learns", [True, False])
def test_killed_before_every_statement_and_around_every_commit(learns: bool, crowd: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(training, "can_learn", lambda: learns)
    counted = Executioner()
    with counted.at_work():
        old = training.train(timezone.now())
    for moment in range(1, counted.passed + 1):
        try:
            with Executioner(moment).at_work():
                training.train(timezone.now())
        except Killed:
            restart()
        serves = ModelVersion.objects.get(serving=True)
        whole(serves)
        assert serves.pk == old.pk or serves.finished_at > old.finished_at
        call_command("reciprocity_check", stdout=StringIO())
        old = serves
    assert counted.passed > 15
    new = training.train(timezone.now())
    assert debris_of(new) == {new.pk}


@pytest.fixture
def replica(transactional_db: Any) -> Iterator[str]:
    """A second alias of the same database, whose sessions may only read, as those of a replica."""
    connections.databases["the-replica"] = {
        **connection.settings_dict,
        "OPTIONS": {"options": "-c default_transaction_read_only=on"},
    }
    connections["the-replica"].connect()  # newer Django has tests open none that is not in its settings
    yield "the-replica"
    connections["the-replica"].close()
    del connections["the-replica"]
    del connections.databases["the-replica"]


def test_purchases_are_read_from_a_replica_and_rows_written_to_the_primary(crowd: Any, replica: str) -> None:
    with pytest.raises(InternalError), transaction.atomic(using=replica):
        ModelVersion.objects.using(replica).create(algorithm="x", people=2, started_at=timezone.now())
    asked: list[str] = []

    def note(run: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return run(sql, *rest)

    with connections[replica].execute_wrapper(note):
        call_command("reciprocity_train", database=replica, stdout=StringIO(), stderr=StringIO())
    assert [sql for sql in asked if host.PURCHASES in sql]
    version = ModelVersion.objects.get(serving=True)
    assert version.algorithm == learning.NAME
    whole(version)


def test_counting_says_that_it_has_no_use_for_a_replica(crowd: Any, replica: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(training, "can_learn", lambda: False)
    err = StringIO()
    call_command("reciprocity_train", database=replica, stdout=StringIO(), stderr=err)
    assert "the-replica is not read" in err.getvalue()
