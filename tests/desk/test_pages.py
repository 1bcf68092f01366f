"""The pages of the desk that speak of rewards, answers and messages: what they show and what their forms do."""

from __future__ import annotations

from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import graphene
import pytest
from django.utils import timezone
from django.utils.translation import override

from saleor_reciprocity import host, rights
from saleor_reciprocity.desk import values
from saleor_reciprocity.desk.documents import document
from saleor_reciprocity.desk.pages import PAGES
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.reports import wording
from saleor_reciprocity.rewards import catalogue
from saleor_reciprocity.rewards.models import Reward
from saleor_reciprocity.surprises.models import Campaign
from saleor_reciprocity.surveys import conversations
from saleor_reciprocity.surveys.models import Reply

from .. import hosts
from ..points.programmes import earned
from ..surveys.shop import an_answer
from .browsing import Reader, manager, manager_again, text_of


@pytest.fixture
def boss(programme_on: Any) -> Reader:
    return Reader(manager())


@pytest.mark.parametrize("page", [page for page in PAGES.values() if page.menu and page.right])
def test_every_page_of_the_menu_opens_with_its_right_and_not_without(page: Any, programme_on: Any) -> None:
    right = next(one for one in rights.ASKED_FOR if rights.short(one) == page.right)
    clerk = Reader(hosts.customer("clerk@example.com", staff=True))
    assert clerk.read(page.path).status_code == 403
    answer = Reader(manager(right)).read(page.path)
    assert answer.status_code == 200
    assert "not shown" not in text_of(answer)
    assert f'href="/plugins/saleor_reciprocity/desk/{page.path}"' in text_of(Reader(manager_again()).read("menu"))


@pytest.mark.parametrize(("typed", "kept"), [("10%", "10"), ("12.5 %", "12.5"), ("7％", "7"), ("10", "10")])
def test_per_cents_may_be_typed_with_a_sign(typed: str, kept: str, boss: Reader, programme_on: host.Channel) -> None:
    fields = {"input__kind": "PERCENTAGE", "input__name": "A tenth", "input__points": "40", "input__value": "5"}
    boss.send("rewards", "Create", form="Create", **fields, input__channel=programme_on.slug, input__percent=typed)
    assert Reward.objects.get(name="A tenth").percent == Decimal(kept)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_per_cents_are_written_as_the_report_writes_them(language: str) -> None:
    with override(language):
        assert [values.share(one) for one in ("0.05", "0.125", "1")] == ["5%", "12.5%", "100%"]
        assert [wording.percent(one) for one in (0.05, 0.125, 1)] == ["5%", "12.5%", "100%"]
        assert values.percent("0.354") == "35%"


@pytest.mark.parametrize("name", ["input__points", "input__value", "input__minimumSpent"])
def test_only_a_share_is_typed_in_per_cent(name: str, boss: Reader, programme_on: host.Channel) -> None:
    fields = {"input__kind": "VOUCHER", "input__name": "Five off", "input__points": "40", "input__value": "5.00"}
    fields.update(input__channel=programme_on.slug, input__minimumSpent="20")
    answer = boss.send("rewards", "Create", form="Create", **{**fields, name: "5%"})
    assert (answer.status_code, "This can&#x27;t be read." in text_of(answer)) == (422, True)
    assert not Reward.objects.filter(name="Five off").exists()


def test_a_reward_is_offered_changed_and_ended(boss: Reader, programme_on: host.Channel) -> None:
    fields = {"input__kind": "VOUCHER", "input__name": "Five off", "input__points": "40", "input__value": "5.00"}
    fields.update(input__channel=programme_on.slug, input__stock="9", input__minimumSpent="20", input__percent="")
    answer = boss.send("rewards", "Create", form="Create", **fields)
    assert (answer.status_code, "Done." in text_of(answer)) == (200, True)
    made = Reward.objects.get(name="Five off")
    assert (made.points, made.value, made.stock, made.minimum_spent) == (40, Decimal(5), 9, Decimal(20))
    assert made.channel_id == programme_on.id

    reward_id = graphene.Node.to_global_id("LoyaltyReward", made.pk)
    changed = {"input__name": "Five off", "input__points": "35", "input__minimumSpent": "", "id": reward_id}
    boss.send("rewards", "Update", form=f"Update-{reward_id}", **changed, input__isActive=["false", "true"])
    made.refresh_from_db()
    assert (made.points, made.minimum_spent, made.stock) == (35, None, 9)

    boss.send("rewards", "End", form=f"End-{reward_id}", id=reward_id)
    made.refresh_from_db()
    assert made.ends_at is not None
    assert "ended" in text_of(boss.read("rewards"))
    again = boss.send("rewards", "Update", form=f"Update-{reward_id}", **changed)
    assert again.status_code == 422
    assert '<p class="notice bad" role="alert">This reward has ended.' in text_of(again)
    standard = graphene.Node.to_global_id("LoyaltyReward", Reward.objects.get(is_standard=True).pk)
    assert f'id="End-{standard}"' not in text_of(again)
    at_most = {"id": standard, "input__limitPerCustomer": "3"}
    assert boss.send("rewards", "Update", form=f"Update-{standard}", **at_most).status_code == 200
    assert Reward.objects.get(is_standard=True).limit_per_customer == 3
    form = text_of(again).split(f'id="Update-{standard}"')[1].split("</form>")[0]
    shown = [name in form for name in ("input.limitPerCustomer", "input.points", "input.isActive")]
    assert shown == [True, False, False]
    refused = boss.send("rewards", "End", form=f"End-{standard}", id=standard)
    assert (refused.status_code, "The standard reward is set on the plugin" in text_of(refused)) == (422, True)


def test_what_is_wrong_with_one_reward_stands_at_that_reward_alone(boss: Reader, programme_on: host.Channel) -> None:
    made = [catalogue.create(programme_on, "voucher", name, 10, Decimal(1)) for name in ("One", "Two")]
    reward_id = graphene.Node.to_global_id("LoyaltyReward", made[1].pk)
    answer = boss.send("rewards", "Update", form=f"Update-{reward_id}", id=reward_id, input__points="x")
    wrong = [part for part in text_of(answer).split("<input ")[1:] if 'aria-invalid="true"' in part.split(">")[0]]
    assert [part.split('id="')[1].split('"')[0] for part in wrong] == [f"Update-{reward_id}-input-points"]


def test_an_answer_is_found_and_replied_to_once(boss: Reader, customer: Any, programme_on: host.Channel) -> None:
    answer = an_answer(host.order_id(earned(customer, "7")), customer, 1)
    type(answer).objects.update(is_unhappy=True, comment="<b>Cracked</b>")
    seen = boss.read("answers", isUnhappy="true", isReplied="false", comment="crack")
    assert "&lt;b&gt;Cracked&lt;/b&gt;" in text_of(seen)
    assert "1 answer" in text_of(seen)
    assert "No answers." in text_of(boss.read("answers", isUnhappy="false"))
    answer_id = graphene.Node.to_global_id("SurveyAnswer", answer.pk)
    for _ in range(2):
        sent = boss.send("answers", "Reply", id=answer_id, text="We are sorry.", form=f"Reply-{answer_id}")
        assert "We are sorry." in text_of(sent)
    assert Reply.objects.count() == 1
    assert "No answers." in text_of(boss.read("answers", isUnhappy="true", isReplied="false"))
    assert "Cracked" in text_of(boss.read("answers/csv", isUnhappy="true"))
    empty = boss.send("answers", "Reply", id=answer_id, text=" ", form=f"Reply-{answer_id}")
    assert (empty.status_code, "Fill this in." in text_of(empty)) == (422, True)


def test_what_is_saved_is_what_was_found(boss: Reader, customer: Any) -> None:
    asked = [{one.variable.name.value for one in document(name).query.declared} for name in ("answers", "answers_csv")]
    assert asked[0] - asked[1] == {"after"}
    assert asked[1] <= asked[0]
    people = [customer, hosts.customer("eve@example.com")]
    for number, comment in enumerate(("Dealt with", "Still open")):
        made = an_answer(host.order_id(earned(people[number], "7")), people[number], 1)
        type(made).objects.filter(pk=made.pk).update(comment=comment, is_unhappy=True)
    conversations.deal_with(type(made).objects.get(comment="Dealt with").pk, True, "user:1", timezone.now())
    given = {"channel": hosts.open_channel().slug, "question": "CSAT", "comment": "e"}
    given.update(isUnhappy="true", isReplied="false", isDealtWith="false", way="MAIL")
    assert set(given) == asked[1]
    page = text_of(boss.read("answers", **given))
    link = next(part for part in page.split("<a ") if "data-save" in part)
    query = dict(parse_qsl(unescape(link.split('href="')[1].split('"')[0]).partition("?")[2]))
    assert query == given
    saved = text_of(boss.read("answers/csv", **query))
    assert ("Still open" in saved, "Dealt with" in saved) == (True, False)


def test_messages_are_listed_with_why(boss: Reader) -> None:
    times = dict.fromkeys(("wanted_at", "due_at", "expires_at", "next_at"), timezone.now())
    Mail.objects.create(kind="survey", source="a", channel_id="1", state="failed", reason="The server said no", **times)
    assert "The server said no" in text_of(boss.read("messages"))
    assert "The server said no" in text_of(boss.read("messages", state="FAILED", kind="SURVEY"))
    assert "The server said no" not in text_of(boss.read("messages", state="SENT"))


def test_a_campaign_is_started_changed_and_ended(boss: Reader, programme_on: host.Channel) -> None:
    fields = {"input__channel": programme_on.slug, "input__name": "Spring", "input__probability": "0.5"}
    fields.update(input__budget__total="90", input__budget__perDay="", input__budget__perMonth="")
    prize = {"kind": "VOUCHER", "name": "Three off", "value": "3", "weight": "2"}
    rows = [prize, {"kind": "VOUCHER", "name": "", "value": ""}]
    for number, row in enumerate(rows):
        fields.update({f"input__prizes__{number}__{name}": value for name, value in row.items()})
    fields[f"input__prizes__{'9' * 500}__name"] = "of no row that a form has"
    answer = boss.send("campaigns", "Create", form="Create", **fields)
    assert (answer.status_code, "Three off" in text_of(answer), "50%" in text_of(answer)) == (200, True, True)
    made = Campaign.objects.get(name="Spring")
    assert [(one.name, one.value, one.weight) for one in made.prizes.all()] == [("Three off", Decimal(3), 2)]

    campaign_id = graphene.Node.to_global_id("SurpriseCampaign", made.pk)
    changes = {"input__name": "Spring", "input__reason": "You are kind", "input__budget__total": "95"}
    boss.send("campaigns", "Update", id=campaign_id, form=f"Update-{campaign_id}", **changes)
    made.refresh_from_db()
    assert (made.reason, made.budget.total) == ("You are kind", Decimal(95))
    boss.send("campaigns", "End", id=campaign_id, form=f"End-{campaign_id}")
    made.refresh_from_db()
    assert made.ends_at is not None


def test_a_campaign_without_a_budget_is_refused_at_the_form(boss: Reader, programme_on: host.Channel) -> None:
    fields = {"input__channel": programme_on.slug, "input__name": "Spring", "input__probability": "7"}
    fields.update(input__budget__total="9", input__prizes__0__kind="POINTS", input__prizes__0__name="Ten")
    answer = boss.send("campaigns", "Create", form="Create", **fields, input__prizes__0__points="10")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text_of(answer)
    assert 'value="Ten"' in text_of(answer)
    assert not Campaign.objects.filter(name="Spring").exists()
