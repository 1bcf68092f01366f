"""Lives: all that a customer can leave behind, from orders to answers."""

from __future__ import annotations

from typing import Any
from unittest import mock

from django.db.models import Sum
from django.utils import timezone

from saleor_reciprocity import host, settlement
from saleor_reciprocity.mail import consent, kinds
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.points import adjustments
from saleor_reciprocity.points import upkeep as points_upkeep
from saleor_reciprocity.points.earning.models import EarningRuleVersion
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.points.tiers.models import AccountTier, TierLadder
from saleor_reciprocity.recommendations import preferences, training
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards import upkeep as codes
from saleor_reciprocity.rewards.models import Reward
from saleor_reciprocity.surprises.models import Campaign
from saleor_reciprocity.surveys import conversations, queue, replies, responses
from saleor_reciprocity.surveys.models import Answer, Invitation
from saleor_reciprocity.surveys.responses import Given

from . import hosts
from .points.programmes import ladder, rule
from .surprises.shop import campaign
from .surveys.shop import ago, since_a_year


def a_life(programme_on: Any, customer: Any) -> Any:
    """Orders, an adjustment, a redemption and a draw of one customer."""
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on)
    order = hosts.order(customer, [("120", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    pending = hosts.order(customer, [("30", 1)])
    settlement.settle(host.order_id(pending))
    adjustments.adjust(
        host.person(customer), 5, f"Sorry, {customer.email}", f"user:{customer.pk}", "sorry ada", now=timezone.now()
    )
    redemption.redeem(
        host.person(customer), Reward.objects.filter(is_standard=True).get().pk, "key of ada", now=timezone.now()
    )
    return order


def a_full_life(programme_on: Any, customer: Any) -> Any:
    """A tier, bonuses, an answer with stars and thanks, a reply, messages, choices, tastes, used and unused codes."""
    now = timezone.now()
    settle_in(programme_on)
    order = live(programme_on, customer, "augusta")
    train()
    assert AccountTier.objects.get(account__user=customer).code == "silver"
    assert not set(Mail.objects.values_list("sent_at", flat=True)) - {None}
    assert now < timezone.now()
    return order


def settle_in(channel: Any) -> None:
    """A shop in which a life can be full."""
    hosts.configure(
        channel,
        holdout_share="0.0001",
        survey_question="csat",
        survey_holdout_share="0.0001",
        survey_product_ratings="true",
        survey_points="5",
        mail_statements="true",
        mail_consent="existing customers",
        mail_terms_confirmed="true",
    )
    since_a_year()
    ladder(("silver", 50, "1"))
    rule("bonus", "10", trigger="birthday")
    campaign(channel)
    Campaign.objects.update(starts_at=ago(30))
    for made in (TierLadder, EarningRuleVersion):
        made.objects.update(actor="app:1")  # no user may be taken for who made them


def live(channel: Any, customer: Any, name: str) -> Any:
    """All that a customer can leave behind; `name` is in every word of theirs. Returns the order with the answer."""
    now, person = timezone.now(), host.person(customer)
    customer.first_name, customer.last_name = name.title(), "Lovelace"
    customer.store_value_in_metadata({"birthday": f"1990-{now:%m-%d}"})
    customer.save()
    order = hosts.order(customer, [("120", 1)], placed_at=ago(9))
    product = hosts.sell(order, 0, "Mug")
    hosts.ship_at(order, ago(8))
    hosts.ship_to(order, f"1 {name} Street")
    pending = hosts.order(customer, [("30", 1)])
    for one in (order, pending):
        settlement.settle(host.order_id(one))
    points_upkeep.look(now)
    adjustments.adjust(person, 5, f"Sorry, {customer.email}", f"user:{customer.pk}", f"sorry {name}", now=now)
    queue.invite_due(timezone.now())
    invitation = Invitation.objects.get(order_id=host.order_id(order))
    responses.take(invitation, Given(4, f"I am {name} Lovelace", {product.pk: 5}), timezone.now())
    replies.reply(Answer.objects.get(invitation=invitation).pk, f"Dear {name}", "app:1", timezone.now())
    conversations.deal_with(Answer.objects.get(invitation=invitation).pk, True, "app:1", now)
    conversations.note(person, f"{name} called", "app:1", now)
    consent.choose(person, kinds.STATEMENT, True, "page", now)
    consent.choose(person, kinds.SURVEY, False, "page", now)
    preferences.update(customer.pk, {("category", product.category_id): True}, (), timezone.now())
    reward = Reward.objects.get(is_standard=True).pk
    redemption.redeem(person, reward, f"key of {name}", now=timezone.now())
    used = redemption.redeem(person, reward, f"another key of {name}", now=timezone.now())
    hosts.put_voucher(hosts.order(customer, [("10", 1)]), used.code)
    codes.look(timezone.now())
    return order


def train() -> None:
    with mock.patch.object(training, "can_learn", return_value=False):
        training.train(timezone.now())


def totals() -> Any:
    sums = Account.objects.aggregate(Sum("available"), Sum("pending"), Sum("debt"))
    return sums, Entry.objects.aggregate(Sum("points"), Sum("pending")), Entry.objects.count()
