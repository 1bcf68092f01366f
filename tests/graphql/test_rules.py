"""Rules, tiers, checkouts and the reasons for points through GraphQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import graphene
import pytest
from django.utils import timezone

from saleor_reciprocity import host, settlement
from saleor_reciprocity.points.models import Entry

from .. import hosts
from ..points.programmes import bought, rule
from .asking import of_checkout

CREATE = """mutation($input: LoyaltyRuleInput!) { loyaltyRuleCreate(input: $input) {
  rule { id version name trigger effect value stacking priority state actor startsAt endsAt
    conditions { products weekdays timeFrom timeTo minimumTotal groups orderNumber } }
  errors { field code message } } }"""
SIMULATE = """mutation($input: LoyaltyRuleInput!, $days: Int) { loyaltyRuleSimulate(input: $input, days: $days) {
  simulation { days orders customers points liability { amount currency } } errors { field code } } }"""


def created(staff: Any, **terms: Any) -> dict[str, Any]:
    given = {"name": "Double", "effect": "MULTIPLIER", "value": "2", **terms}
    return dict(staff.data(CREATE, input=given)["loyaltyRuleCreate"])


def test_staff_make_change_and_end_a_rule(staff: Any) -> None:
    conditions = {
        "weekdays": ["TUESDAY"],
        "timeFrom": "08:00",
        "timeTo": "12:30",
        "minimumTotal": 9.5,
        "orderNumber": 2,
    }
    made = created(staff, conditions=conditions, priority=5, stacking="EXCLUSIVE")
    assert made["errors"] == []
    made = made["rule"]
    assert made["conditions"] == {**conditions, "products": [], "groups": []}
    assert (made["version"], made["state"], made["trigger"], made["value"]) == (1, "RUNNING", "ORDER", 2)
    assert made["actor"].startswith("user:")

    update = """mutation($id: ID!) {
      loyaltyRuleUpdate(id: $id, input: {value: 3, endsAt: "2099-01-01T00:00:00+01:00"}) {
      rule { version value priority conditions { weekdays } versions { version value } } errors { code } } }"""
    changed = staff.data(update, id=made["id"])["loyaltyRuleUpdate"]["rule"]
    assert changed == {
        "version": 2,
        "value": 3,
        "priority": 5,
        "conditions": {"weekdays": ["TUESDAY"]},
        "versions": [{"version": 2, "value": 3}, {"version": 1, "value": 2}],
    }
    end = "mutation($id: ID!) { loyaltyRuleEnd(id: $id) { rule { version state } errors { code } } }"
    for _ in range(2):
        assert staff.data(end, id=made["id"])["loyaltyRuleEnd"]["rule"] == {"version": 3, "state": "ENDED"}


def test_staff_list_rules_by_state_trigger_and_name(staff: Any) -> None:
    created(staff)
    created(staff, name="Welcome", trigger="SIGN_UP", effect="BONUS", value="50")
    created(staff, name="Spring", startsAt=(timezone.now() + timedelta(days=3)).isoformat())

    def names(arguments: str) -> list[str]:
        query = f"{{ loyaltyRules{arguments} {{ edges {{ cursor node {{ name }} }} }} }}"
        return [edge["node"]["name"] for edge in staff.data(query)["loyaltyRules"]["edges"]]

    assert names("") == ["Spring", "Welcome", "Double"]
    assert names("(state: SCHEDULED)") == ["Spring"]
    assert names("(state: RUNNING, trigger: ORDER)") == ["Double"]
    assert names('(search: "elc")') == ["Welcome"]
    assert names("(state: ENDED)") == []
    first = staff.data("{ loyaltyRules(first: 1) { pageInfo { endCursor } } }")["loyaltyRules"]["pageInfo"]["endCursor"]
    assert names(f'(first: 1, after: "{first}")') == ["Welcome"]


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"name": " "}, "name"),
        ({"value": "-1"}, "value"),
        ({"value": "1000.1"}, "value"),
        ({"value": "1.00001"}, "value"),
        ({"value": "1e40"}, "value"),
        ({"effect": "BONUS", "value": "1.5"}, "value"),
        ({"effect": "BONUS", "value": "0"}, "value"),
        ({"effect": "BONUS", "stacking": "MULTIPLY"}, "stacking"),
        ({"trigger": "SIGN_UP"}, "effect"),
        ({"trigger": "SIGN_UP", "effect": "BONUS", "conditions": {"orderNumber": 1}}, "conditions"),
        ({"priority": 2**31 - 1}, "priority"),
        ({"endsAt": "2001-01-01T00:00:00Z"}, "endsAt"),
        ({"endsAt": "9500-12-31T23:59:59-12:00"}, "endsAt"),
        ({"startsAt": "2030-01-01T00:00:00"}, "startsAt"),
        ({"conditions": {"minimumTotal": "0.001"}}, "minimumTotal"),
        ({"conditions": {"minimumTotal": "5", "maximumTotal": "4"}}, "maximumTotal"),
        ({"conditions": {"everyNthOrder": 0}}, "everyNthOrder"),
        ({"conditions": {"timeFrom": "25:00"}}, "timeFrom"),
        ({"conditions": {"timeFrom": "10:00+02:00"}}, "timeFrom"),
        ({"conditions": {"timeFrom": "10:00", "timeTo": "10:00"}}, "timeTo"),
        ({"conditions": {"groups": ["nobody"]}}, "groups"),
        ({"conditions": {"tiers": ["gold"]}}, "tiers"),
        ({"conditions": {"products": [graphene.Node.to_global_id("Product", 987654)]}}, "products"),
        ({"conditions": {"products": ["nonsense"]}}, "products"),
        ({"channel": "nowhere"}, "channel"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(terms: dict[str, Any], field: str, staff: Any) -> None:
    answer = created(staff, **terms)
    assert answer["rule"] is None
    (error,) = answer["errors"]
    assert error["field"] == field
    assert error["message"]


def test_a_rule_that_is_not_there(staff: Any) -> None:
    missing = graphene.Node.to_global_id("LoyaltyRule", 987654)
    for call in (f'loyaltyRuleEnd(id: "{missing}")', f'loyaltyRuleUpdate(id: "{missing}", input: {{priority: 1}})'):
        answer = staff.data(f"mutation {{ {call} {{ errors {{ code }} }} }}")
        assert list(answer.values()) == [{"errors": [{"code": "NOT_FOUND"}]}]


def test_the_customer_reads_why_and_staff_read_all(staff: Any, customer: Any) -> None:
    rule("multiplier", "2", name="Double Day")
    rule("bonus", "7", name="Thank you")
    order = hosts.order(customer, [("10", 1), ("15.50", 2)])
    settlement.settle(host.order_id(order))
    query = """{ loyalty { verdict pending why bonuses { name points } shippingPoints entries { kind pending }
      lines { points pointsPerUnit why detail { exactPoints quantity shipped givenBack net paid { amount }
        rules { ruleId version name effect value stacking } } } } }"""
    loyalty = hosts.as_user(customer).data(f"{{ me {{ orders(first: 1) {{ edges {{ node {query} }} }} }} }}")
    loyalty = loyalty["me"]["orders"]["edges"][0]["node"]["loyalty"]
    assert loyalty["pending"] == 89
    assert loyalty["bonuses"] == [{"name": "Thank you", "points": 7}]
    assert loyalty["entries"] == [{"kind": "PENDING", "pending": 89}]
    assert loyalty["why"] == [
        "“Thank you”: 7 points for this order.",
        "They can be spent when the goods have been shipped.",
        "Fractions are dropped once, from the whole order.",
    ]
    assert loyalty["lines"][0]["why"] == [
        "10 USD counts, after all discounts.",
        "2 points for each USD.",
        "“Double Day”: 2 times as much.",
    ]
    assert loyalty["lines"][0]["detail"] is None

    detail = staff.data(_of_order(order, query))
    (answer,) = detail.values()
    (first, second) = answer["loyalty"]["lines"]
    assert first["detail"]["rules"][0].items() >= {"version": 1, "name": "Double Day", "value": 2}.items()
    assert (second["detail"]["quantity"], second["detail"]["exactPoints"]) == (2, "62")


def _of_order(order: Any, fields: str) -> str:
    return f'{{ order(id: "{graphene.Node.to_global_id("Order", order.pk)}") {fields} }}'


def test_why_says_what_came_back(programme_on: Any, customer: Any) -> None:
    rule("bonus", "7", name="Big one", minimum_total=None, since=timezone.now() - timedelta(days=1))
    order = bought(customer, "30")
    hosts.refund(order, "30")
    settlement.settle(host.order_id(order))
    query = "{ me { orders(first: 1) { edges { node { loyalty { earned why lines { points why } } } } } } }"
    node = hosts.as_user(customer).data(query)["me"]["orders"]["edges"][0]["node"]["loyalty"]
    assert node["earned"] == 0
    assert node["why"][:2] == [
        "“Big one”: the 7 points went with what was given back.",
        "30 USD was paid back, for shipping first and then for goods.",
    ]
    hosts.cancel(order)
    node = hosts.as_user(customer).data(query)["me"]["orders"]["edges"][0]["node"]["loyalty"]
    assert node["why"] == ["The order was cancelled, so it earns nothing."]


def test_a_checkout_says_what_it_would_bring(programme_on: Any, customer: Any) -> None:
    bought(customer, "60")
    rule("multiplier", "2")
    checkout = hosts.checkout(customer, "12.40", 2)
    query = """{ loyalty { points lines { points why } bonuses { name } redeemable { name }
      nextReward { missing reward { name } } } }"""
    hosts.configure(programme_on, reward_points="50")
    from saleor_reciprocity.rewards import catalogue

    loyalty = hosts.as_user(customer).data(of_checkout(checkout, query))["checkout"]["loyalty"]
    assert (loyalty["points"], loyalty["lines"][0]["points"]) == (49, 49)
    assert loyalty["redeemable"] == [{"name": "5 USD"}]
    assert loyalty["nextReward"] is None
    assert catalogue.Reward.objects.update(points=75)
    loyalty = hosts.as_user(customer).data(of_checkout(checkout, query))["checkout"]["loyalty"]
    assert (loyalty["redeemable"], loyalty["nextReward"]["missing"]) == ([], 15)
    mine = hosts.as_user(customer).data("{ me { loyalty { nextReward { missing reward { points } } } } }")
    assert mine["me"]["loyalty"]["nextReward"] == {"missing": 15, "reward": {"points": 75}}


def test_a_checkout_promises_nothing_that_an_order_would_not_bring(programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, points_per_unit="10000")
    for _ in range(3):
        rule("multiplier", "1000", stacking="multiply")
    checkout = hosts.checkout(customer, "12.40", 2)
    loyalty = hosts.as_user(customer).data(of_checkout(checkout, "{ loyalty { points } }"))["checkout"]["loyalty"]
    assert loyalty["points"] == 0


TIERS = """mutation($input: LoyaltyTiersSetInput!) { loyaltyTiersSet(input: $input) {
  ladder { windowDays downgrade graceDays tiers { code name threshold multiplier } } errors { field code } } }"""


def test_staff_set_the_tiers_and_customers_see_where_they_stand(staff: Any, customer: Any) -> None:
    rungs = [
        {"code": "silver", "name": "Silver", "threshold": 50},
        {"code": "gold", "name": "Gold", "threshold": 5 * 10**9, "multiplier": "1.5"},
    ]
    given = {"tiers": rungs, "windowDays": 180, "downgrade": "AFTER_GRACE", "graceDays": 14}
    answer = staff.data(TIERS, input=given)["loyaltyTiersSet"]
    assert answer["errors"] == []
    assert answer["ladder"]["tiers"][1] == {"code": "gold", "name": "Gold", "threshold": 5 * 10**9, "multiplier": 1.5}
    bought(customer, "60")
    query = "{ me { loyalty { tier { current { code } points next { code } pointsToNext fallsAt } } } }"
    assert hosts.as_user(customer).data(query)["me"]["loyalty"]["tier"] == {
        "current": {"code": "silver"},
        "points": 60,
        "next": {"code": "gold"},
        "pointsToNext": 5 * 10**9 - 60,
        "fallsAt": None,
    }
    assert staff.data(TIERS, input={"tiers": [], "downgrade": "NEVER"})["loyaltyTiersSet"]["errors"] == []
    assert hosts.as_user(customer).data(query)["me"]["loyalty"]["tier"] is None
    assert hosts.GraphQL().data("{ loyaltyTiers { tiers { code } } }") == {"loyaltyTiers": None}


@pytest.mark.parametrize(
    ("rungs", "more", "field"),
    [
        ([("gold", "Gold", 0)], {}, "tiers"),
        ([("Gold!", "Gold", 1)], {}, "tiers"),
        ([("a", "A", 5), ("a", "B", 6)], {}, "tiers"),
        ([("a", "A", 5), ("b", "B", 5)], {}, "tiers"),
        ([("a", "", 5)], {}, "tiers"),
        ([("a", "A", 5)], {"windowDays": 0}, "windowDays"),
        ([("a", "A", 5)], {"graceDays": -1}, "graceDays"),
    ],
)
def test_tiers_that_make_no_sense_are_refused(rungs: Any, more: Any, field: str, staff: Any) -> None:
    tiers = [{"code": code, "name": name, "threshold": threshold} for code, name, threshold in rungs]
    answer = staff.data(TIERS, input={"tiers": tiers, "downgrade": "NEVER", **more})["loyaltyTiersSet"]
    assert [error["field"] for error in answer["errors"]] == [field]


def test_staff_give_a_bonus_once(staff: Any, customer: Any) -> None:
    made = rule("bonus", "15", trigger="staff", name="Sorry")
    give = """mutation($input: LoyaltyBonusGiveInput!) { loyaltyBonusGive(input: $input) {
      entry { kind points reason } errors { field code } } }"""
    given = {
        "ruleId": graphene.Node.to_global_id("LoyaltyRule", made.rule_id),
        "userId": graphene.Node.to_global_id("User", customer.pk),
        "reason": "The parcel was late",
        "idempotencyKey": "ticket 7",
    }
    for _ in range(2):
        answer = staff.data(give, input=given)["loyaltyBonusGive"]
        assert answer["entry"] == {"kind": "BONUS", "points": 15, "reason": "The parcel was late"}
    assert Entry.objects.get().actor.startswith("user:")
    for wrong, field in (
        ({"userId": "nobody"}, "userId"),
        ({"reason": " "}, "reason"),
        ({"idempotencyKey": ""}, "idempotencyKey"),
    ):
        answer = staff.data(give, input={**given, **wrong})["loyaltyBonusGive"]
        assert [error["field"] for error in answer["errors"]] == [field]


def test_points_beyond_32_bits_are_shown(programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, points_per_unit="10000")
    bought(customer, "900000.00")
    query = "{ me { loyalty { available entries(first: 1) { edges { node { points balance } } } } } }"
    loyalty = hosts.as_user(customer).data(query)["me"]["loyalty"]
    assert loyalty["available"] == 9 * 10**9
    assert loyalty["entries"]["edges"][0]["node"] == {"points": 9 * 10**9, "balance": 9 * 10**9}
