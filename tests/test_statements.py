"""How many statements an order and a redemption take, with BEGIN and COMMIT, on either host. Written by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from bench.orders import purchases
from bench.statements import sent_by
from saleor_reciprocity import host, settlement
from saleor_reciprocity.points.models import Account, OrderTerms
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Reward
from saleor_reciprocity.surprises.models import Draw

from . import hosts

ON_SALEOR_3 = hosts.MULTI_CHANNEL


@pytest.fixture
def unhurried(settings: Any) -> None:
    """Time enough for settling in line, however busy the machine is."""
    settings.RECIPROCITY_HOOK_SECONDS = 60


@pytest.fixture
def shop(unhurried: None, transactional_db: Any, programme_on: host.Channel) -> host.Channel:
    hosts.open_shop(programme_on)
    return programme_on


def added(prepare: Any) -> int:
    """By how many statements an order has more with the plugin than without."""
    return len(sent_by(prepare(True))) - len(sent_by(prepare(False)))


def test_an_order_of_a_known_customer_adds_few_statements(shop: host.Channel) -> None:
    """On Saleor 3 five hooks are called for one order: the first settles it, the others compare its fingerprint."""
    prepare = purchases(shop, 1)
    assert added(prepare) == (11 if ON_SALEOR_3 else 7)
    assert [terms.pending for terms in OrderTerms.objects.exclude(account=None)] == [90 - 10, 90 - 10]


def test_an_order_that_was_just_settled_costs_one_statement(
    unhurried: None, transactional_db: Any, programme_on: host.Channel, customer: Any
) -> None:
    order = hosts.order(customer, [("10", 1)])
    hosts.report("order_created", order)
    assert len(sent_by(lambda: settlement.settle_after_commit(lambda: [host.order_id(order)]))) == 1


def test_an_order_that_another_process_settled_costs_one_look(
    unhurried: None, transactional_db: Any, programme_on: host.Channel, customer: Any
) -> None:
    """BEGIN, the limits of the transaction, the look, COMMIT."""
    order = hosts.order(customer, [("10", 1)])
    settlement.settle(host.order_id(order))
    settlement.settle(host.order_id(hosts.order(customer, [("20", 1)])))
    assert len(sent_by(lambda: settlement.settle_after_commit(lambda: [host.order_id(order)]))) == 4
    assert Account.objects.get().pending == 30


def test_a_redemption_takes_few_statements(transactional_db: Any, programme_on: host.Channel, customer: Any) -> None:
    order = hosts.order(customer, [("200", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    person, reward = host.person(customer), Reward.objects.get().pk
    redemption.redeem(person, reward, "first", now=timezone.now())
    sent = sent_by(lambda: redemption.redeem(person, reward, "second", now=timezone.now()))
    assert len(sent) == (11 if ON_SALEOR_3 else 9), sent
    assert Account.objects.get().available == 200 - 2 * 50


def test_an_order_with_a_campaign_and_surveys_adds_more(shop: host.Channel) -> None:
    """A draw that says no: one look under the lock of the account, and one row."""
    hosts.configure(shop, surprise_probability="0.00000001", surprise_from_order="2", survey_question="nps")
    hosts.configure(shop, holdout_share="0", survey_holdout_share="0")
    prepare = purchases(shop, 1)
    prepare(True)()
    assert added(prepare) == (18 if ON_SALEOR_3 else 14)
    assert list(Draw.objects.order_by("pk").values_list("outcome", flat=True)) == ["order number", "no", "no"]


def test_an_order_that_was_drawn_for_costs_campaigns_nothing_more(shop: host.Channel, customer: Any) -> None:
    """Shipped, it is settled again: by as many statements as in a shop without a campaign."""
    counts = []
    for probability in ("0", "1"):
        hosts.configure(shop, surprise_probability=probability, surprise_from_order="1", holdout_share="0")
        order = hosts.order(customer, [("10", 1)])
        settlement.settle(host.order_id(order))
        hosts.ship(order)
        counts.append(len(sent_by(lambda order=order: settlement.settle(host.order_id(order)))))
    assert Draw.objects.get().outcome == "won"
    assert counts[0] == counts[1], counts
