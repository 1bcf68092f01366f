"""Killed at every statement, and between commit and hook: all or nothing, and the sweep does the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from saleor_reciprocity import host, settlement, sweep
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts
from .killing import shop_is_right, until_it_survives


def test_a_redemption_is_all_or_nothing(transactional_db: Any, programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("60", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    person, reward = host.person(customer), Reward.objects.get()

    def nothing_happened() -> None:
        assert Redemption.objects.count() == 0
        assert Account.objects.get().available == 60
        shop_is_right()

    statements = until_it_survives(
        lambda: redemption.redeem(person, reward.pk, "k", now=timezone.now()), nothing_happened
    )

    assert statements > 5
    assert Account.objects.get().available == 10
    assert Redemption.objects.count() == 1


@pytest.mark.parametrize("shipped", [False, True])
def test_an_award_is_all_or_nothing_and_comes_in_the_end(
    shipped: bool, transactional_db: Any, programme_on: Any, customer: Any
) -> None:
    order = hosts.order(customer, [("60", 1)])
    if shipped:
        settlement.settle(host.order_id(order))
        hosts.ship(order)

    until_it_survives(lambda: settlement.settle(host.order_id(order)), shop_is_right)

    account = Account.objects.get()
    assert (account.pending, account.available) == ((0, 60) if shipped else (60, 0))


KILLED_BEFORE_THE_HOOK = """
import os, signal, django
django.setup()
from django.conf import settings
from django.db import connection, transaction
connection.settings_dict["NAME"] = os.environ["TEST_DATABASE"]
from saleor_reciprocity import host, settlement
from tests import hosts
settlement._settle_undisturbing = lambda order_ids: os.kill(os.getpid(), signal.SIGKILL)
with host.allow_writer():
    with transaction.atomic():
        order = hosts.order("guest@example.com", [("49.95", 1)])
        hosts.report("order_created", order)
print("not reached")
"""


def test_a_process_killed_between_commit_and_hook(transactional_db: Any, programme_on: Any) -> None:
    environment = {**os.environ, "TEST_DATABASE": connection.settings_dict["NAME"], "PYTHONWARNINGS": "ignore"}
    died = subprocess.run([sys.executable, "-c", KILLED_BEFORE_THE_HOOK], env=environment, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert Entry.objects.count() == 0

    assert sweep.sweep() == (1, 0)
    assert sweep.sweep() == (0, 0)
    assert [(entry.kind, entry.pending) for entry in Entry.objects.all()] == [("pending", 49)]
