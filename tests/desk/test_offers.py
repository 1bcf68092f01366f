"""The pages on which staff make what the shop gives: rewards, rules, tiers and campaigns, with what each brought."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import graphene
import pytest
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.points.earning.models import EarningRuleVersion
from saleor_reciprocity.points.tiers import ladders, standing
from saleor_reciprocity.rewards import catalogue, closing, redemption
from saleor_reciprocity.rewards.models import Redemption, Reward
from saleor_reciprocity.surprises.models import Budget, Campaign

from .. import hosts
from ..points.programmes import bought, ladder, rule
from ..surprises.shop import campaign, settled
from .browsing import Reader, manager, manager_again, text_of


@pytest.fixture
def boss(programme_on: Any) -> Reader:
    return Reader(manager())


def named(kind: str, key: Any) -> str:
    return str(graphene.Node.to_global_id(kind, key))


def test_what_can_be_named_is_found_by_name_by_staff(boss: Reader, programme_on: host.Channel) -> None:
    product = hosts.product("Blue cup", programme_on, hosts.category("Cups"))
    found = text_of(boss.read("pick", kind="PRODUCT", search="CUP"))
    assert f'data-id="{named("Product", product.pk)}" data-label="Blue cup"' in found
    assert "1 found" in found
    assert "0 found" in text_of(boss.read("pick", kind="PRODUCT", search="saucer"))
    hosts.put_in_group(hosts.customer("bob@example.com"), "Club")
    assert 'data-id="Club" data-label="Club"' in text_of(boss.read("pick", kind="GROUP", search="clu"))
    assert Reader(hosts.customer("clerk@example.com", staff=True)).read("pick", kind="GROUP").status_code == 403


def test_a_rule_is_tried_made_changed_and_ended(boss: Reader, customer: Any, programme_on: host.Channel) -> None:
    bought(customer, "40")
    product = hosts.product("Blue cup", programme_on, hosts.category("Cups"))
    fields = {"input__channel": programme_on.slug, "input__name": "Double", "input__effect": "MULTIPLIER"}
    fields.update(input__value="2", input__stacking="ADD", input__priority="0", input__trigger="ORDER", days="30")
    tried = boss.send("rules", "Try", form="Create", **fields)
    assert "40 more points in 30 days (orders: 1, customers: 1)." in text_of(tried)
    assert "By the standard reward they are worth" in text_of(tried)
    assert 'value="Double"' in text_of(tried)
    assert "Done." not in text_of(tried)
    assert not EarningRuleVersion.objects.exists()

    conditions = {"products": ["", named("Product", product.pk)], "weekdays": ["", "MONDAY", "FRIDAY"], "groups": ""}
    fields.update({f"input__conditions__{name}": value for name, value in conditions.items()})
    made = boss.send("rules", "Create", form="Create", **fields)
    assert (made.status_code, "Done." in text_of(made)) == (200, True)
    version = EarningRuleVersion.objects.get()
    assert version.conditions == {"products": [product.pk], "weekdays": [1, 5]}
    assert f'value="{named("Product", product.pk)}" checked>{product.name}' in text_of(made)

    rule_id = named("LoyaltyRule", version.rule_id)
    fields.update(input__conditions__products="", input__conditions__weekdays=["", "FRIDAY"], input__value="3")
    boss.send("rules", "Update", form=f"Update-{rule_id}", id=rule_id, **fields)
    newest = EarningRuleVersion.objects.order_by("-number").first()
    assert (newest.number, newest.value, newest.conditions) == (2, Decimal(3), {"weekdays": [5]})

    assert "Ended" in text_of(boss.send("rules", "End", form=f"End-{rule_id}", id=rule_id))
    gone = boss.send("rules", "Try", form=f"Update-{rule_id}", id=rule_id, **{**fields, "input__value": "x"})
    assert gone.status_code == 422


def test_what_is_wrong_with_a_rule_stands_at_its_field_and_what_was_picked_stays(boss: Reader) -> None:
    fields = {"input__channel": "default-channel", "input__name": "Double", "input__effect": "MULTIPLIER"}
    fields.update(input__value="-1", input__stacking="ADD", input__trigger="ORDER")
    fields["input__conditions__products"] = ["", named("Product", 999_999)]
    name = f"_name.{named('Product', 999_999)}"
    wrong = boss.send("rules", "Create", form="Create", **fields, **{name: "A cup of before"})
    text = text_of(wrong)
    assert wrong.status_code == 422
    assert 'id="Create-input-value"' in text.split('aria-invalid="true"')[0].split("<input ")[-1]
    assert "A cup of before" in text
    fields["input__value"] = "2"
    text = text_of(boss.send("rules", "Create", form="Create", **fields, **{name: "A cup of before"}))
    assert "The shop does not have" in text.split("<legend>Products</legend>")[1].split("</fieldset>")[0]


def test_a_rule_says_what_it_brought(boss: Reader, customer: Any) -> None:
    rule("multiplier", "2", name="Double")
    given = rule("bonus", "9", trigger="staff", name="Sorry")
    for price in ("10", "20"):
        bought(customer, price)
    client = hosts.as_user(manager_again())
    query = "mutation Give($input: LoyaltyBonusGiveInput!) { loyaltyBonusGive(input: $input) { errors { message } } }"
    user, rule_id = named("User", customer.pk), named("LoyaltyRule", given.rule_id)
    client.data(query, input={"ruleId": rule_id, "userId": user, "reason": "Sorry", "idempotencyKey": "k"})
    text = text_of(boss.read("rules"))
    assert "Orders whose points it changed in the last 90 days: 2" in text
    assert "Given in the last 90 days: 1 · points: 9" in text


def test_tiers_are_made_changed_and_abolished(boss: Reader, customer: Any) -> None:
    assert "The shop has no tiers." in text_of(boss.read("tiers"))
    fields = {"input__windowDays": "365", "input__downgrade": "NEVER", "input__graceDays": ""}
    gold = {"code": "gold", "name": "Gold", "threshold": "5", "multiplier": ""}
    fields.update({f"input__tiers__0__{name}": value for name, value in gold.items()})
    fields.update({f"input__tiers__1__{name}": "" for name in gold})
    made = boss.send("tiers", "Set", form="Set", **fields)
    assert (made.status_code, "Done." in text_of(made)) == (200, True)
    bought(customer, "40")
    standing.look(timezone.now())
    row = text_of(boss.read("tiers")).split("<td>Gold</td>")[1].split("</tr>")[0]
    assert [part.split("</td>")[0] for part in row.split('<td class="number">')[1:]] == ["5", "1", "1"]

    wrong = boss.send("tiers", "Set", form="Set", **{**fields, "input__tiers__0__code": "Gold!"})
    assert wrong.status_code == 422
    assert '<p class="wrong" role="alert">Enter a code of at most 32 letters' in text_of(wrong)
    assert 'value="Gold!"' in text_of(wrong)
    fields.update({f"input__tiers__0__{name}": "" for name in gold})
    boss.send("tiers", "Set", form="Set", **fields)
    assert "The shop has no tiers." in text_of(boss.read("tiers"))
    assert not ladders.ladder_of(ladders.ladder_row()).steps


def hidden(page: str, form: str) -> dict[str, str]:
    """What a form sends whose fields are all hidden, by name; `__` for the points."""
    fields = page.split(f'id="{form}">')[1].split("</form>")[0].split('<input type="hidden" name="')[1:]
    pairs = (field.split('">')[0].split('" value="') for field in fields)
    return {name.replace(".", "__"): value for name, value in pairs}


def test_the_last_change_of_the_tiers_is_undone_and_done_again(boss: Reader, programme_on: Any) -> None:
    assert "Undo the last change" not in text_of(boss.read("tiers"))

    def shown() -> Any:
        return hosts.GraphQL().data("{ loyaltyTiers { windowDays tiers { code threshold multiplier } } }")[
            "loyaltyTiers"
        ]

    def undo() -> None:
        fields = hidden(text_of(boss.read("tiers")), "Set-before")
        assert fields.pop("operation") == "Set"
        assert boss.send("tiers", "Set", **fields).status_code == 200

    ladder(("gold", 50, "1.5"), window_days=90)
    first = {"windowDays": 90, "tiers": [{"code": "gold", "threshold": 50, "multiplier": 1.5}]}
    undo()
    assert shown() is None
    undo()
    assert shown() == first
    ladder(("silver", 20, "1"), ("gold", 80, "2"), downgrade="after grace", grace_days=9)
    assert "Gold: from 50 points, × 1.5" in text_of(boss.read("tiers"))
    undo()
    assert shown() == first
    undo()
    query = "{ loyaltyTiers { windowDays downgrade graceDays tiers { code threshold } } }"
    assert hosts.GraphQL().data(query)["loyaltyTiers"] == {
        "windowDays": 365,
        "downgrade": "AFTER_GRACE",
        "graceDays": 9,
        "tiers": [{"code": "silver", "threshold": 20}, {"code": "gold", "threshold": 80}],
    }


def test_tiers_are_shown_to_whoever_manages_discounts_only(programme_on: Any) -> None:
    ladder(("gold", 5, "1"))
    assert Reader(manager("order.manage_orders")).read("tiers").status_code == 403
    query = "{ loyaltyTiers { tiers { code members } } }"
    assert hosts.GraphQL().data(query) == {"loyaltyTiers": {"tiers": [{"code": "gold", "members": None}]}}


def test_nothing_is_ticked_on_the_form_of_a_new_reward(boss: Reader, programme_on: host.Channel) -> None:
    page = text_of(boss.read("rewards"))
    assert 'type="checkbox" name="input.givesCodes" value="true">' in page


def test_a_reward_is_replaced_by_another_in_one_step(boss: Reader, programme_on: host.Channel) -> None:
    old = catalogue.create(programme_on, "voucher", "Old", 10, Decimal(1))
    old_id = named("LoyaltyReward", old.pk)
    page = text_of(boss.read("rewards", replaces=old_id))
    assert f'name="input.replaces" value="{old_id}"' in page
    fields = {"input__kind": "VOUCHER", "input__name": "New", "input__points": "20", "input__value": "2"}
    fields.update(input__channel=programme_on.slug, input__replaces=old_id)
    wrong = boss.send("rewards", "Create", form="Create", **{**fields, "input__value": "-2"})
    old.refresh_from_db()
    assert (wrong.status_code, old.ends_at, Reward.objects.filter(name="New").count()) == (422, None, 0)
    done = boss.send("rewards", "Create", f"?replaces={old_id}", form="Create", **fields)
    old.refresh_from_db()
    assert (done.status_code, old.ends_at is not None, Reward.objects.filter(name="New").count()) == (200, True, 1)
    standard = named("LoyaltyReward", Reward.objects.get(is_standard=True).pk)
    refused = boss.send("rewards", "Create", form="Create", **{**fields, "input__replaces": standard})
    assert (refused.status_code, Reward.objects.filter(name="New").count()) == (422, 1)
    unknown = {**fields, "input__replaces": named("LoyaltyReward", 999_999)}
    assert boss.send("rewards", "Create", form="Create", **unknown).status_code == 422
    assert Reward.objects.filter(name="New").count() == 1


def test_a_free_product_is_picked_and_named(boss: Reader, programme_on: host.Channel) -> None:
    product = hosts.product("Blue cup", programme_on, hosts.category("Cups"))
    fields = {"input__kind": "FREE_PRODUCT", "input__name": "A cup", "input__points": "20", "input__value": "12"}
    fields.update(input__channel=programme_on.slug, input__productId=["", named("Product", product.pk)])
    made = boss.send("rewards", "Create", form="Create", **fields)
    assert made.status_code == 200
    assert f"Free product ({product.name})" in text_of(made)
    assert Reward.objects.get(name="A cup").product_id == product.pk
    query = "{ loyaltyRewards { edges { node { name product { name } stock use { redeemed } } } } }"
    seen = {one["node"]["name"]: one["node"] for one in hosts.GraphQL().data(query)["loyaltyRewards"]["edges"]}
    assert [seen["A cup"][name] for name in ("product", "stock", "use")] == [None, None, None]


def test_a_reward_says_what_it_brought(boss: Reader, customer: Any, programme_on: host.Channel) -> None:
    bought(customer, "40")
    cheap = catalogue.create(programme_on, "voucher", "Cheap", 3, Decimal(1), stock=4)
    for key in ("one", "two", "three"):
        redemption.redeem(host.person(customer), cheap.pk, key, now=timezone.now())
    closing.cancel(Redemption.objects.earliest("pk").pk, "user:1", None, now=timezone.now())
    Redemption.objects.filter(pk=Redemption.objects.latest("pk").pk).update(state="used")
    text = text_of(boss.read("rewards")).split("<h2>Cheap")[1].split("</article>")[0]
    assert "Redeemed: 2 · codes used: 1 · points spent on it: 6" in text
    assert 'max="4" value="2">2 of 4 left</meter>' in text
    Redemption.objects.update(state="unused")
    Redemption.objects.filter(pk=Redemption.objects.earliest("pk").pk).update(state="cancelled")


def test_a_campaign_for_an_occasion_is_started_and_refused_at_its_field(
    boss: Reader, programme_on: host.Channel
) -> None:
    fields = {"input__channel": programme_on.slug, "input__name": "We miss you", "input__probability": "1"}
    fields.update(input__budget__total="90", input__occasion="WIN_BACK", input__afterDays="", input__fromOrderNumber="")
    fields.update(input__prizes__0__kind="VOUCHER", input__prizes__0__name="Three", input__prizes__0__value="3")
    refused = boss.send("campaigns", "Create", form="Create", **fields)
    assert refused.status_code == 422
    wrong = [part for part in text_of(refused).split("<input ")[1:] if 'aria-invalid="true"' in part.split(">")[0]]
    assert [part.split('name="')[1].split('"')[0] for part in wrong] == ["input.afterDays"]
    assert boss.send("campaigns", "Create", form="Create", **{**fields, "input__afterDays": "60"}).status_code == 200
    made = Campaign.objects.get()
    assert (made.occasion, made.after_days, made.from_order_number) == ("win back", 60, 1)
    assert "No order for some days (60 days): 100% of the customers to whom it happens" in text_of(
        boss.read("campaigns")
    )


def test_a_campaign_shows_its_budget_and_is_replaced(boss: Reader, programme_on: host.Channel) -> None:
    hosts.configure(programme_on, active=True, holdout_share="0")
    running = campaign(programme_on, limits={"per_day": Decimal(50), "per_month": Decimal(100)})
    settled(hosts.customer("bob@example.com"))
    text = text_of(boss.read("campaigns"))
    assert 'aria-label="Budget of the day" min="0" max="50.0" value="5.0">' in text
    assert 'aria-label="Budget of the month" min="0" max="100.0" value="5.0">' in text
    Budget.objects.filter(pk=running.budget_id).update(day="2020-01-01", day_spent=5)
    assert 'aria-label="Budget of the day" min="0" max="50.0" value="0.0">' in text_of(boss.read("campaigns"))
    Budget.objects.filter(pk=running.budget_id).update(day=timezone.now().date())

    running_id = named("SurpriseCampaign", running.pk)
    page = text_of(boss.read("campaigns", replaces=running_id))
    assert f'name="input.replaces" value="{running_id}"' in page
    assert 'name="input.prizes.0.name" type="text" value="Five"' in page
    fields = {"input__channel": programme_on.slug, "input__name": "Summer", "input__probability": "0.5"}
    fields.update(input__budget__total="9", input__replaces=running_id)
    fields.update(input__prizes__0__kind="VOUCHER", input__prizes__0__name="Three", input__prizes__0__value="0")
    wrong = boss.send("campaigns", "Create", form="Create", **fields)
    running.refresh_from_db()
    assert (wrong.status_code, running.ends_at) == (422, None)
    assert "Say what the prize may cost" in text_of(wrong)
    fields["input__prizes__0__value"] = "3"
    assert boss.send("campaigns", "Create", form="Create", **fields).status_code == 200
    running.refresh_from_db()
    assert running.ends_at is not None
    assert Campaign.objects.get(name="Summer").ends_at is None
