"""What a request may cost: every list and every field that asks has a price, takes a fixed number of statements, and is
refused once the request has asked for too much."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any, Callable, Iterator

import graphene
import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone
from graphql.type import GraphQLList, GraphQLNonNull

from saleor_reciprocity import host, settlement
from saleor_reciprocity.feed import events
from saleor_reciprocity.graphql import costs, schema
from saleor_reciprocity.mail.models import CommunicationChoice
from saleor_reciprocity.points import adjustments
from saleor_reciprocity.points.earning.models import EarningRuleVersion
from saleor_reciprocity.recommendations.models import Preference
from saleor_reciprocity.rewards import catalogue, redemption
from saleor_reciprocity.rewards.models import Redemption, Reward
from saleor_reciprocity.surprises.models import Draw
from saleor_reciprocity.surveys.models import Invitation

from .. import hosts
from ..points.programmes import ladder, rule
from ..recommendations import model
from ..rewards.services import redeemed_by, service
from ..surprises.shop import campaign
from ..surveys.shop import an_answer
from .asking import of_checkout, order_query
from .generate import bare, everything_of, object_types, root_fields

MUTATIONS = {"Mutation": costs.of_mutations(schema.Mutations)}
PRICES = {**costs.COSTS, **MUTATIONS}


def declared() -> Iterator[tuple[str, str, Any]]:
    """Every field of ours: its type, its name and what it is of."""
    types = host.loaded_schema().get_type_map()
    ours = {**schema.FIELDS, "Query": root_fields("Query"), "Mutation": root_fields("Mutation")}
    for type_name, fields in ours.items():
        yield from ((type_name, name, types[type_name].fields[name].type) for name in fields)
    for type_name, kind in object_types().items():
        yield from ((type_name, name, field.type) for name, field in kind.fields.items())


def is_list(kind: Any) -> bool:
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)


def test_11_5_every_list_has_a_price() -> None:
    """Those of a page are paid with the page, and errors with the mutation."""
    lists = {(type_name, name) for type_name, name, kind in declared() if is_list(kind) and name != "errors"}
    pages = {(type_name, name) for type_name, name in lists if name == "edges"}
    assert [f"{type_name}.{name}" for type_name, name in sorted(lists - pages) if name not in PRICES[type_name]] == []


def test_every_page_counts_its_items() -> None:
    pages = {(type_name, name) for type_name, name, kind in declared() if bare(kind).name.endswith("Connection")}
    assert len(pages) == 14
    assert all(PRICES[type_name][name].get("multipliers") == ["first"] for type_name, name in pages)


def test_every_price_is_of_a_field() -> None:
    fields = {(type_name, name) for type_name, name, _ in declared()}
    assert {(type_name, name) for type_name, prices in PRICES.items() for name in prices} <= fields
    assert set(MUTATIONS["Mutation"]) == set(root_fields("Mutation"))


@pytest.fixture
def asked(monkeypatch: Any) -> Counter:
    """The most statements that one call of each field of ours took, as the schema is asked."""
    most: Counter = Counter()
    types = host.loaded_schema().get_type_map()

    def watched(name: str, resolve: Callable[..., Any]) -> Callable[..., Any]:
        def resolve_and_count(*args: Any, **kwargs: Any) -> Any:
            count = [0]

            def note(execute: Any, sql: str, *rest: Any) -> Any:
                count[0] += 1
                return execute(sql, *rest)

            with connection.execute_wrapper(note):
                result = resolve(*args, **kwargs)
            most[name] = max(most[name], count[0])
            return result

        return resolve_and_count

    for type_name, name in {(type_name, name) for type_name, name, _ in declared()}:
        field = types[type_name].fields[name]
        if field.resolver is not None:
            monkeypatch.setattr(field, "resolver", watched(f"{type_name}.{name}", field.resolver))
    return most


class Growing:
    """A shop in which Ada has a number of everything."""

    def __init__(self, channel: host.Channel, ada: Any) -> None:
        self.channel, self.ada, self.size = channel, ada, 0
        events.open_feed(timezone.now())
        campaign(channel)
        ladder(("gold", 10**10, "2"))
        self.offer(0)
        adjustments.adjust(host.person(ada), 500, "a gift", "user:1", "key", timezone.now())

    def grow(self, size: int) -> None:
        """Let there be so many of everything."""
        for number in range(self.size, size):
            order = hosts.order(self.ada, [("60", 1)])
            hosts.ship(order)
            settlement.settle(host.order_id(order))
            Draw.objects.update(drawn_at=F("drawn_at") - timedelta(days=2))
            Invitation.objects.update(invited_at=F("invited_at") - timedelta(days=100))
            an_answer(host.order_id(order), self.ada)
            standard, now = Reward.objects.get(is_standard=True), timezone.now()
            redemption.redeem(host.person(self.ada), standard.pk, f"key {number}", now=now)
            redeemed_by(self.ada, service("", 1, text=f"Service {number}"), f"service {number}")
            if number:
                self.offer(number)
                campaign(self.channel)
            rule("multiplier", "2", name=f"Rule {number}", order_number=1000 + number)
            Preference.objects.create(user=self.ada, kind="category", object_id=number + 1, liked=True, updated_at=now)
        self.size = size
        ladder(*((f"tier-{number}", 10**9 + number, "1") for number in range(min(size, 20) - 1)), ("gold", 10**10, "2"))
        changed = EarningRuleVersion.objects.order_by("pk").first()
        rows = [EarningRuleVersion(**_copied(changed, number)) for number in range(2, size + 1)]
        EarningRuleVersion.objects.bulk_create(rows, ignore_conflicts=True)

    def offer(self, number: int) -> None:
        """Rewards of every kind of terms, one that the customer can afford and one that is dear."""
        for name, points in (("Five", 40 + number), ("Dear", 10**6 + number)):
            for terms in ({"tier": "gold"}, {"limit_per_customer": 99}, {"stock": 5}):
                catalogue.create(self.channel, "voucher", name, points, 5, **terms)

    def queries(self) -> dict[str, str]:
        """A request for each list, with everything in it."""
        lines = [("1", 1)] * self.size
        order = hosts.order(self.ada, lines)
        settlement.settle(host.order_id(order))
        checkout = hosts.checkout(self.ada, "10")
        for _ in range(self.size - 1):
            hosts.checkout(self.ada, "10").lines.update(checkout=checkout)
        types = host.loaded_schema().get_type_map()
        found = {
            f"Query.{name}": f"{{ {name}{NEEDED.get(name, '')}{_all(field.type)} }}"
            for name, field in root_fields("Query").items()
            if name != "loyaltyAccount"
        }
        draws, versions = types["SurpriseDraw"], types["LoyaltyRule"]
        of_campaigns, of_rules = f"{{ draws {_page(_all(draws))} }}", f"{{ versions {_all(versions)} }}"
        found["SurpriseCampaign.draws"] = f"{{ surpriseCampaigns(first: 1) {_page(of_campaigns)} }}"
        found["LoyaltyRule.versions"] = f"{{ loyaltyRules {_page(of_rules)} }}"
        for name, field in types["LoyaltyAccount"].fields.items():
            found[f"LoyaltyAccount.{name}"] = f"{{ me {{ loyalty {{ {name}{_all(field.type)} }} }} }}"
        for name, field in types["OrderLoyalty"].fields.items():
            found[f"OrderLoyalty.{name}"] = order_query(order, f"loyalty {{ {name}{_all(field.type)} }}")
        for name, field in types["LoyaltyCheckout"].fields.items():
            found[f"LoyaltyCheckout.{name}"] = of_checkout(checkout, f"{{ loyalty {{ {name}{_all(field.type)} }} }}")
        gift, answer = _all(types["LoyaltySurprise"]), _all(types["SurveyAnswer"])
        of_order = f"loyalty {{ pending earned verdict }} surprise {gift} surveyAnswer {answer}"
        found["Order"] = f"{{ me {{ orders(first: 20) {{ edges {{ node {{ {of_order} }} }} }} }} }}"
        return found


# The arguments that a query has to have.
NEEDED = {
    "surveyScores": "(measure: CSAT)",
    "loyaltyNamed": "(kind: PRODUCT)",
    "communicationPreview": "(kind: EXPIRY)",
}


def _page(of_each: str) -> str:
    return f"{{ edges {{ node {of_each} }} }}"


def _copied(version: Any, number: int) -> dict[str, Any]:
    values = {field.attname: getattr(version, field.attname) for field in version._meta.concrete_fields}
    return {**values, "id": None, "number": number, "since": version.since + timedelta(microseconds=number)}


def _all(kind: Any) -> str:
    """Everything, but for pages within a list, each of which is paid by itself."""
    return everything_of(kind, skip=frozenset({"SurpriseCampaign.draws", "LoyaltyRule.versions"}), depth=6)


@pytest.fixture
def shop(programme_on: Any, customer: Any) -> Growing:
    hosts.configure(programme_on, holdout_share="0")
    products = [hosts.product(f"Thing {number}", programme_on) for number in range(3)]
    model.list_of(customer, "new", products)
    customer.is_staff = True
    customer.save()
    hosts.give_rights(
        customer.user_permissions,
        "account.manage_users",
        "checkout.manage_checkouts",
        "order.manage_orders",
        "discount.manage_discounts",
        "plugins.manage_plugins",
    )
    return Growing(programme_on, customer)


def statements(client: hosts.GraphQL, query: str) -> int:
    count = [0]

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        count[0] += 1
        return execute(sql, *rest)

    client.data(query)
    with connection.execute_wrapper(note):
        client.data(query)
    return count[0]


def test_11_5_a_list_of_twenty_takes_the_statements_of_a_list_of_one(shop: Growing) -> None:
    client = hosts.as_user(shop.ada)
    shop.grow(1)
    of_one = {name: statements(client, query) for name, query in shop.queries().items()}
    shop.grow(20)
    assert (Redemption.objects.count(), Draw.objects.filter(outcome="won").count()) >= (20, 20)
    of_twenty = {name: statements(client, query) for name, query in shop.queries().items()}
    assert of_twenty == of_one


def test_11_5_every_field_that_asks_the_database_has_a_price_and_keeps_to_it(asked: Counter, shop: Growing) -> None:
    """A price is at least the statements that the field takes."""
    client = hosts.as_user(shop.ada)
    shop.grow(3)
    for query in shop.queries().values():
        client.data(query)
    assert asked["LoyaltyAccount.entries"] > 0, "the fields were watched"
    too_cheap = {}
    for name, count in asked.items():
        type_name, field = name.split(".")
        price = PRICES.get(type_name, {}).get(field, {})
        if count > price.get("complexity", 0) * (20 if "multipliers" in price else 1):
            too_cheap[name] = (count, price.get("complexity", 0))
    assert too_cheap == {}


@pytest.fixture
def little(settings: Any) -> None:
    settings.RECIPROCITY_MOST_WORK = 100


def test_11_5_a_query_that_asks_for_too_much_is_refused(little: None, programme_on: Any, customer: Any) -> None:
    """A request may ask for 100 here; the points cost 10, and the next reward costs 18 each time."""
    five, six = (" ".join(f"a{number}: nextReward {{ missing }}" for number in range(count)) for count in (5, 6))
    client = hosts.as_user(customer)
    assert "errors" not in client(f"{{ me {{ loyalty {{ {five} }} }} }}")
    refused = client(f"{{ me {{ loyalty {{ {six} }} }} }}")["errors"]
    assert [error["extensions"]["exception"]["code"] for error in refused] == ["TooMuchWork"]
    assert refused[0]["message"] == "This request asks for too much at once. Ask for less, or in several requests."


def test_pages_cost_what_they_may_hold(little: None, programme_on: Any, customer: Any) -> None:
    client = hosts.as_user(customer)
    ask = "{ me { loyalty { entries(first: %s) { totalCount } } } }"
    assert "errors" not in client(ask % 90)
    assert client(ask % 91)["errors"][0]["extensions"]["exception"]["code"] == "TooMuchWork"


def test_11_5_mutations_beyond_the_bound_are_refused_one_by_one(little: None, programme_on: Any, customer: Any) -> None:
    """Five at 20 each are done, whatever is asked behind them is not."""
    if hosts.MULTI_CHANNEL:
        pytest.skip("this generation takes fewer mutations in one request")
    toggles = " ".join(
        f"a{number}: communicationPreferencesUpdate(input: [{{kind: SURVEY, wanted: {str(number % 2 == 0).lower()}}}])"
        " { errors { field code } }"
        for number in range(50)
    )
    answers = list(hosts.as_user(customer).data(f"mutation {{ {toggles} }}").values())
    assert [answer["errors"] for answer in answers[:5]] == [[]] * 5
    assert [answer["errors"] for answer in answers[5:]] == [[{"field": None, "code": "TOO_MUCH_WORK"}]] * 45
    assert CommunicationChoice.objects.get().wanted, "the fifth was the last"


def test_11_5_each_kind_of_message_is_named_once(programme_on: Any, customer: Any) -> None:
    named = ", ".join(f"{{kind: SURVEY, wanted: {wanted}}}" for wanted in ["true", "false"] * 500)
    update = f"mutation {{ communicationPreferencesUpdate(input: [{named}]) {{ errors {{ field code message }} }} }}"
    answer = hosts.as_user(customer).data(update)["communicationPreferencesUpdate"]
    assert answer["errors"] == [{"field": "input", "code": "INVALID", "message": "Name each kind of message once."}]
    assert CommunicationChoice.objects.count() == 0


def test_a_thousand_redemptions_in_one_request_are_five_codes(programme_on: Any, customer: Any) -> None:
    """270 points at 50: five codes, all others refused, 20 points left."""
    if hosts.MULTI_CHANNEL:
        pytest.skip("this generation takes fewer mutations in one request")
    order = hosts.order(customer, [("270", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    reward = graphene.Node.to_global_id("LoyaltyReward", Reward.objects.get(is_standard=True).pk)
    many = " ".join(
        f'a{number}: pointsRedeem(input: {{rewardId: "{reward}", idempotencyKey: "{number}"}}) {{ errors {{ code }} }}'
        for number in range(1000)
    )
    answers = hosts.as_user(customer).data(f"mutation {{ {many} }}").values()
    codes = Counter(answer["errors"][0]["code"] if answer["errors"] else "done" for answer in answers)
    assert (codes["done"], sum(codes.values()) - codes["done"]) == (5, 995)
    assert set(codes) == {"done", "INSUFFICIENT_POINTS", "TOO_MUCH_WORK"}
    loyalty = hosts.as_user(customer).data("{ me { loyalty { available } } }")["me"]["loyalty"]
    assert (loyalty["available"], Redemption.objects.count()) == (20, 5)
