"""What was paid back, by each payment system of Saleor 3, also where the older one is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from typing import Any, Iterator

import pytest
from django.db import connection

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points.models import Account

from .. import hosts

pytestmark = pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 has one payment system")

# The host itself still needs its old payments to start, so they are gone only while the plugin looks for them.
WITHOUT_OLD_PAYMENTS = """
import os, django
from django.apps import AppConfig
load = AppConfig.import_models
def import_models(self):
    if self.label != "reciprocity":
        return load(self)
    import saleor.checkout.calculations, saleor.plugins.manager
    from saleor.payment import models
    payment = models.Payment
    del models.Payment
    load(self)
    models.Payment = payment
AppConfig.import_models = import_models
django.setup()
from django.core.management import call_command
from django.db import connection
connection.settings_dict["NAME"] = os.environ["TEST_DATABASE"]
for command in ("sweep", "backfill", "train", "check"):
    call_command("reciprocity_" + command)
"""


def transaction(order: Any, refunded: str) -> None:
    """A payment by the newer system of which something was paid back."""
    order.payment_transactions.create(
        currency=order.currency, charged_value=Decimal(100), refunded_value=Decimal(refunded)
    )


def test_refunds_of_both_payment_systems_add_up(programme_on: Any, customer: Any) -> None:
    order = hosts.order(customer, [("100", 1)])
    hosts.ship(order)
    seen = []
    for pay_back in (lambda: None, lambda: hosts.refund(order, "10"), lambda: transaction(order, "15")):
        pay_back()
        settlement.settle(host.order_id(order))
        facts, fingerprint = host.order(host.order_id(order)), host.order_fingerprint(host.order_id(order))
        assert facts is not None
        seen.append((facts.refunded, Account.objects.get().available, fingerprint))
    assert [(refunded, points) for refunded, points, _ in seen] == [(0, 100), (10, 90), (25, 75)]
    assert len({fingerprint for *_, fingerprint in seen}) == 3


@pytest.fixture
def old_tables_gone(transactional_db: Any) -> Iterator[None]:
    tables = ("payment_payment", "payment_transaction")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_gone")
    yield
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table}_gone RENAME TO {table}")


def test_without_the_old_tables_nothing_breaks(programme_on: Any, customer: Any, old_tables_gone: None) -> None:
    order = hosts.order(customer, [("100", 1)])
    hosts.ship(order)
    transaction(order, "15")
    environment = {**os.environ, "TEST_DATABASE": connection.settings_dict["NAME"], "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([sys.executable, "-c", WITHOUT_OLD_PAYMENTS], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Settled 1 orders." in done.stdout
    assert "BROKEN" not in done.stdout
    assert Account.objects.get().available == 85
