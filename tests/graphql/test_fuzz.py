"""Strange operations on every field of the plugin: no internal error, no change by a query, refusals by name.

The operations are generated from the schema, so a new field is fuzzed without being asked. The seed is printed with
every failure. The suite runs some hundreds, always the same; `make fuzz` runs ten thousand that nobody has seen.
"""

from __future__ import annotations

import logging
import os
import re
from io import StringIO
from random import Random
from typing import Any, Iterator

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts
from ..points.programmes import earned
from ..surprises.shop import campaign
from .generate import Fuzz, global_ids

OPERATIONS = int(os.environ.get("FUZZ_OPERATIONS", "600"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))

# What a refusal at the top level of an answer may say: the schema's and our own words, for a request that is wrong.
REFUSALS = re.compile(
    r"(^Argument \"|has invalid value|^Expected |^Syntax Error|^Argument `|permission|Permission|not authorized|"
    r"^Variable |Int cannot represent|^Unknown |must be|Ran out of|Int cannot|cost|asks for too much at once)"
)
# Whoever reads the feed gives numbers to what was committed, and opens it.
NUMBERS = re.compile(r"reciprocity_(feed|event)\b")
# Saleor 3 keeps with a checkout what it costs, whenever somebody asks for that.
WRITES = re.compile(
    r'^\s*(?!UPDATE "checkout_checkout(?:line)?" )(INSERT|UPDATE|DELETE|TRUNCATE|ALTER|DROP|CREATE)\b', re.IGNORECASE
)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The host logs every refused request with its trace."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def shop(programme_on: Any, customer: Any) -> dict[str, Any]:
    """Somebody with points, orders, a code and a surprise; a campaign; and callers of every kind."""
    campaign(programme_on)
    order, checkout = earned(customer), hosts.checkout(customer, "10")
    redemption.redeem(host.person(customer), Reward.objects.get(is_standard=True).pk, "k", now=timezone.now())
    manager = hosts.customer("manager@example.com", staff=True)
    rights = ("account.manage_users", "order.manage_orders", "discount.manage_discounts")
    hosts.give_rights(manager.user_permissions, *rights)
    return {
        "nobody": hosts.GraphQL(),
        "ada": hosts.as_user(customer),
        "manager": hosts.as_user(manager),
        "app": hosts.as_app(*rights),
        "doors": doors(order, checkout),  # no caller
    }


def doors(order: Any, checkout: Any) -> list[tuple[str, str]]:
    """The queries of the host that lead to fields of ours, and the types that carry them."""
    order_id, checkout_id = global_ids(iter([("Order", order.pk), ("Checkout", checkout.pk)]))
    by_token = f'orderByToken(token: "{host.order_id(order)}")'
    which = f'id: "{checkout_id}"' if hosts.MULTI_CHANNEL else f'token: "{checkout.token}"'
    by_id, of_checkout = f'order(id: "{order_id}")', f"checkout({which})"
    return [("me", "User"), (by_id, "Order"), (by_token, "Order"), (of_checkout, "Checkout")]


def ids() -> list[str]:
    """Rows that exist and rows that do not, as ids."""
    rows = [("LoyaltyReward", row.pk) for row in Reward.objects.order_by("-pk")[:3]]
    rows += [("LoyaltyRedemption", row.pk) for row in Redemption.objects.order_by("-pk")[:3]]
    rows += [("User", 1), ("SurpriseCampaign", 1), ("Product", 1), ("Checkout", "0"), ("LoyaltyReward", 2**63)]
    return global_ids(iter([*rows, ("LoyaltyReward", -1), ("LoyaltyReward", "1e3"), ("Order", "1")]))


def test_strange_operations(shop: dict[str, Any], capsys: Any) -> None:
    random = Random(SEED)
    fuzz = Fuzz(random, ids, shop.pop("doors"))
    done: dict[str, int] = {}
    for number in range(OPERATIONS):
        kind, name, text = fuzz.operation()
        caller = random.choice(sorted(shop))
        context = f"seed {SEED}, operation {number}, {caller}: {text[:2000]}"
        statements: list[str] = []

        def watch(run: Any, sql: str, params: Any, many: bool, context: Any, seen: list[str] = statements) -> Any:
            seen.append(sql)
            return run(sql, params, many, context)

        with transaction.atomic(), connection.execute_wrapper(watch):
            answer = shop[caller](text)
        check(answer, context)
        if kind == "query":
            written = [sql for sql in statements if WRITES.match(sql) and not NUMBERS.search(sql)]
            assert not written, f"a query wrote; {context}"
        else:
            payload = (answer.get("data") or {}).get(name)
            outcome = "refused" if not payload or payload.get("errors") else "done"
            done[outcome] = done.get(outcome, 0) + 1
        if number % 500 == 499:
            call_command("reciprocity_check", stdout=StringIO())
    with capsys.disabled():
        print(f"\nfuzz: seed {SEED}, {OPERATIONS} operations; mutations: {done}")  # noqa: T201
    assert done.get("done", 0) > 0, "nothing got through: the generator proves nothing"


def check(answer: dict[str, Any], context: str) -> None:
    """An answer is data, a refusal by name, or what the schema itself says to a wrong request."""
    for error in answer.get("errors") or []:
        code = ((error.get("extensions") or {}).get("exception") or {}).get("code", "")
        fine = REFUSALS.search(error["message"]) or code in ("PermissionDenied", "GraphQLError", "TooMuchWork")
        assert fine, f"{code} {error['message'][:500]!r}; {context}"
    for payload in (answer.get("data") or {}).values():
        for refusal in (payload.get("errors") or []) if isinstance(payload, dict) else []:
            assert refusal.get("code", "x"), f"a refusal without a code; {context}"


@pytest.mark.parametrize(
    ("field", "value"),
    [("value", '"1e400"'), ("value", '"NaN"'), ("value", '"Infinity"'), ("value", '"999999999999999999999999999"'),
     ("value", '"-1"'), ("value", '"0.0000001"'), ("points", "9007199254740992"), ("points", "-1"),
     ("stock", "-5"), ("validityDays", "2147483647"), ("limitDays", "0"), ("percent", '"1e-400"'),
     ("startsAt", '"10000-01-01T00:00:00Z"'), ("minimumSpent", '"1e30"')],
)  # fmt: skip
def test_very_large_and_very_strange_values_are_refused_by_name(field: str, value: str, shop: dict[str, Any]) -> None:
    values = {"kind": "VOUCHER", "name": '"Five"', "points": "50", "value": '"5"', field: value}
    given = ", ".join(f"{name}: {literal}" for name, literal in values.items())
    answer = shop["manager"](
        f"mutation {{ loyaltyRewardCreate(input: {{{given}}}) {{ reward {{ id }} errors {{ field code }} }} }}"
    )
    if answer.get("errors"):
        assert field in answer["errors"][0]["message"]
    else:
        assert answer["data"]["loyaltyRewardCreate"]["errors"][0]["field"] in (field, "limitPerCustomer")
    assert Reward.objects.count() == 1
