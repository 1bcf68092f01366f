"""The pages on which staff help one person: a bonus, two accounts that become one; and who may see what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import graphene
import pytest
from django.core.cache import cache
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.points import adjustments
from saleor_reciprocity.points.models import Account, Entry

from .. import hosts
from ..points.programmes import earned, rule
from .browsing import Reader, manager, text_of


@pytest.fixture
def boss(programme_on: Any) -> Reader:
    return Reader(manager())


def user_id(user: Any) -> str:
    return str(graphene.Node.to_global_id("User", user.pk))


def given_to(email: str, points: int, days_ago: int = 0) -> None:
    person, moment = host.person_with_email(email), timezone.now() - timedelta(days=days_ago)
    channel_id = hosts.open_channel().id
    adjustments.adjust(person, points, "a gift", "user:1", f"for {email}", moment, channel_id=channel_id)


def test_a_bonus_is_given_by_name_and_only_once(boss: Reader, customer: Any) -> None:
    made = rule("bonus", "1500", trigger="staff", name="Photo of a cup")
    rule("bonus", "7", trigger="birthday", name="Happy birthday")
    page = text_of(boss.read("customers/account", id=user_id(customer)))
    assert "Photo of a cup (+1,500)" in page
    assert "Happy birthday" not in page
    fields = {"input__ruleId": graphene.Node.to_global_id("LoyaltyRule", made.rule_id), "input__reason": ""}
    fields.update(input__userId=user_id(customer), input__email="", input__idempotencyKey="one")
    wrong = boss.send("customers/account", "Bonus", f"?id={user_id(customer)}", form="Bonus", **fields)
    assert (wrong.status_code, Entry.objects.count()) == (422, 0)
    fields["input__reason"] = "A lovely photo"
    for _again in range(2):
        done = boss.send("customers/account", "Bonus", f"?id={user_id(customer)}", form="Bonus", **fields)
        assert "A lovely photo" in text_of(done)
    assert [(entry.kind, entry.points) for entry in Entry.objects.all()] == [("bonus", 1500)]


def test_without_the_right_nobody_learns_which_bonuses_there_are(programme_on: Any) -> None:
    clerk = hosts.customer("clerk@example.com", staff=True)
    answer = hosts.as_user(clerk)("{ loyaltyBonuses { name } }")
    assert answer["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"


def test_two_accounts_are_shown_side_by_side_and_become_one(boss: Reader, customer: Any) -> None:
    earned(customer, "7")
    given_to("guest@example.com", 5)
    mine = user_id(customer)
    nobody = boss.read("customers/merge", userId=mine, fromEmail="nobody@example.com", isNamed="true")
    assert "Nobody has points at this address." in text_of(nobody)
    assert "Merge for ever" not in text_of(boss.read("customers/merge", userId=mine))
    seen = text_of(boss.read("customers/merge", userId=mine, fromEmail="guest@example.com", isNamed="true"))
    cells = [part.split("</td>")[0] for part in seen.split('<td class="number">')[1:]]
    assert cells == ["5", "0", "0", "7", "0", "0"]
    assert "This is for ever." in seen
    query = f"?userId={mine}&fromEmail=guest@example.com&isNamed=true"
    fields = {"userId": mine, "fromEmail": "guest@example.com"}
    done = boss.send("customers/merge", "Merge", query, form="Merge", **fields)
    assert (done.status_code, "Merged. The account has 12 points now." in text_of(done)) == (200, True)
    assert Account.objects.get(user=customer).available == 12
    again = boss.send("customers/merge", "Merge", query, form="Merge", **{**fields, "fromEmail": "no@example.com"})
    assert again.status_code == 422


def test_what_each_right_opens_is_shown_to_every_member_of_staff(programme_on: Any) -> None:
    text = text_of(Reader(manager("order.manage_orders")).read("rights"))
    cards = {card.split(" <span")[0]: card for card in text.split("<h2>")[1:]}
    assert "you have it" in cards["Manage orders"]
    assert "<code>Query.surveyAnswers</code>" in cards["Manage orders"]
    assert 'href="/plugins/saleor_reciprocity/desk/answers"' in cards["Manage orders"]
    assert "you do not have it" in cards["Manage sales and vouchers"]
    assert "<code>Mutation.loyaltyRuleCreate</code>" in cards["Manage sales and vouchers"]
    assert "<a href" not in cards["Manage sales and vouchers"]
    assert Reader(hosts.customer("bob@example.com")).read("rights").status_code == 403


def test_the_report_has_sentences_figures_and_drawings_for_a_channel(boss: Reader, customer: Any) -> None:
    cache.clear()  # a report is kept for an hour
    given_to("guest@example.com", 5, days_ago=40)
    text = text_of(boss.read("report"))
    assert "<h1>" in text
    assert "<svg" in text
    assert "data:text/csv" in text
    assert "&lt;svg" not in text
    assert "data-print" in text
    channel = hosts.open_channel().slug
    assert "<svg" in text_of(boss.read("report", channel=channel))
    assert "There is no such channel." in text_of(boss.read("report", channel="nowhere"))
    before = timezone.now().date() - timedelta(days=50)
    of_before = text_of(boss.read("report", until=before.isoformat()))
    assert f'name="until" value="{before.isoformat()}"' in of_before
    assert ("<svg" in of_before, "<svg" in text_of(boss.read("report", until="2026-02-30"))) == (False, True)
    assert boss.read("report", until="0001-01-01").status_code == 502
    assert Reader(hosts.customer("clerk@example.com", staff=True)).read("report").status_code == 403
