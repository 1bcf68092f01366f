"""Every field of the schema, asked by everybody: the tables below are complete, or a test fails.

The fields come from the schema. Root fields are in the matrix; here are the fields below them:
each is served with its parent, unless it has a rule of its own. And nobody learns from a refusal what exists: an id of
somebody else's row is answered as an id of none.
"""

from __future__ import annotations

import json
from typing import Any, Iterator

import pytest
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts
from ..points.programmes import earned, ladder
from ..surprises.shop import campaign
from .generate import OF_STAFF, bare, everything_of, global_ids, object_types, root_fields
from .matrix import CALLERS, MATRIX, served

# Fields that not everybody sees who sees the parent; each has a test of its own, named here.
OWN_RULES = {
    "LoyaltyRedemption.customerEmail": "test_services.test_who_it_is_is_for_who_manages_customers",
    "LoyaltyRedemption.code": "test_permissions.test_staff_without_the_permission_for_discounts_see_no_codes",
    "LoyaltySurprise.code": "test_surprises",
}
# Mutations and queries that take an id: the type whose rows it names, for every argument or input field of type ID.
IDS = {
    "pointsRedeem.rewardId": "LoyaltyReward",
    "pointsRedeem.checkoutId": "Checkout",
    "pointsRedemptionCancel.id": "LoyaltyRedemption",
}
# Ids of the catalogue, which everybody sees, and of a checkout whose secret id its own domain tests.
PUBLIC_IDS = {
    "recommendations.product",
    "recommendations.checkout",
    "preferencesUpdate.like",
    "preferencesUpdate.dislike",
    "preferencesUpdate.notInterested",
    "preferencesUpdate.clear",
}
# Ids that only staff with the permission can send at all.
STAFF_ONLY = {name.split(".")[1] for name, who in MATRIX.items() if set(who) <= {"manager", "app"}}


def id_arguments() -> Iterator[str]:
    """Every argument of type ID of the plugin's root fields, and every such field of their inputs."""
    for kind in ("Query", "Mutation"):
        for name, field in root_fields(kind).items():
            for argument, declared in field.args.items():
                inner = bare(declared.type)
                below = getattr(inner, "fields", {}) if inner.name.endswith("Input") else {}
                found = {argument: declared, **below}
                yield from (f"{name}.{given}" for given, part in found.items() if bare(part.type).name == "ID")


def test_every_id_is_in_the_table() -> None:
    assert {name for name in id_arguments() if name.split(".")[0] not in STAFF_ONLY} == set(IDS) | PUBLIC_IDS


def test_every_rule_of_its_own_is_of_a_field_that_exists() -> None:
    fields = {f"{name}.{field}" for name, kind in object_types().items() for field in getattr(kind, "fields", {})}
    assert set(OWN_RULES) <= fields


def test_fields_with_the_name_of_a_secret_have_a_rule_of_their_own() -> None:
    """What a field like these shows has to be thought about: it is in OWN_RULES, or it is public by design."""
    public = {"LoyaltyError.code", "RecommendationReason.code", "SurpriseProof.secret", "SurpriseCampaign.secret"}
    words = ("code", "secret", "email", "address", "token", "key")
    secrets = {
        f"{name}.{field}"
        for name, kind in object_types().items()
        for field in getattr(kind, "fields", {})
        if field.lower() in words or field.endswith(("Code", "Email", "Address", "Token"))
    }
    # What staff with the right have set themselves, and where a test message went: to whoever asked for it.
    of_staff = {
        "LoyaltySettingValues.orderNotesCode",  # a switch
        "LoyaltySettingValues.surveyAlertAddress",
        "LoyaltySettingValues.mailSenderAddress",
        "CommunicationTest.address",
        # What staff hand over: a question to be answered once, and one that anybody may answer.
        "SurveyLink.address",
        "SurveyLink.qrCode",
        "SurveyOpenLink.address",
        "SurveyOpenLink.qrCode",
    }
    assert secrets - public - PUBLIC_CODES - of_staff == set(OWN_RULES)


# Codes that name a tier, a rule and the like; nothing is bought with them.
PUBLIC_CODES = {
    f"{name}.{field}"
    for name, kind in object_types().items()
    for field in getattr(kind, "fields", {})
    if "Tier" in name or "Rule" in name or field == "tierCode"
}


@pytest.fixture
def shop(programme_on: Any, customer: Any) -> dict[str, Any]:
    """Ada has an order, a code and a campaign that ran."""
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on)
    ladder(("silver", 60, "1.5"))
    ladder(("silver", 50, "1.5"))
    order = earned(customer)
    redemption.redeem(host.person(customer), Reward.objects.get(is_standard=True).pk, "k", now=timezone.now())
    return {"order": order, "customer": customer}


def arguments_of(name: str, customer: Any) -> str:
    """What a root query wants to be told to show Ada's."""
    (user,) = global_ids(iter([("User", customer.pk)]))
    needed = {"surveyScores": "(measure: CSAT)", "loyaltyNamed": "(kind: GROUP)"}
    needed["communicationPreview"] = "(kind: EXPIRY)"
    return {"loyaltyAccount": f'(userId: "{user}")', **needed}.get(name, "")


@pytest.mark.parametrize("name", sorted(root_fields("Query")))
def test_everything_below_a_query_is_served_to_those_who_may_and_to_nobody_else(
    name: str,
    shop: Any,
    callers: dict[str, Any],
) -> None:
    field = root_fields("Query")[name]
    if not arguments_of(name, shop["customer"]) and any(str(one.type).endswith("!") for one in field.args.values()):
        pytest.fail("a query that has to be told something wants its arguments in arguments_of()")
    query = f"{{ {name}{arguments_of(name, shop['customer'])}{everything_of(field.type)} }}"
    for caller in CALLERS:
        answer = callers[caller](query)
        assert served(answer) == (caller in MATRIX[f"Query.{name}"]), f"{caller}: {json.dumps(answer)[:500]}"


def test_everything_of_a_customer_is_the_customers(shop: Any, callers: dict[str, Any]) -> None:
    whole = everything_of(host.loaded_schema().get_type("LoyaltyAccount"), OF_STAFF)
    answer = callers["owner"].data(f"{{ me {{ loyalty{whole} }} }}")
    assert answer["me"]["loyalty"]["redemptions"]["edges"][0]["node"]["code"] == Redemption.objects.get().code
    (user,) = global_ids(iter([("User", shop["customer"].pk)]))
    texts = set()
    for caller in ("nobody", "other", "staff", "bare app"):
        seen = callers[caller](f'{{ user(id: "{user}") {{ loyalty{whole} }} }}')
        assert not served(seen), caller
        texts.add(json.dumps(seen))
        assert Redemption.objects.get().code not in json.dumps(seen)


@pytest.mark.parametrize("field", sorted(OF_STAFF))
def test_what_is_for_staff_is_refused_alone(field: str, shop: Any, callers: dict[str, Any]) -> None:
    name = field.split(".")[1]
    own = callers["owner"](f"{{ me {{ loyalty {{ available {name} {{ __typename }} }} }} }}")
    assert own["data"]["me"]["loyalty"][name] is None
    assert own["data"]["me"]["loyalty"]["available"] is not None
    assert [error["path"] for error in own["errors"]] == [["me", "loyalty", name]]
    query = f'{{ loyaltyAccount(email: "{shop["customer"].email}") {{ {name} {{ __typename }} }} }}'
    assert callers["manager"].data(query)["loyaltyAccount"][name] == []


def test_edge_case_23_a_foreign_id_is_answered_as_one_that_does_not_exist(
    shop: Any,
    callers: dict[str, Any],
) -> None:
    """For every id that a customer can send: Ada's row, no row, another type, nonsense. Bob hears the same."""
    mine = {
        "LoyaltyReward": 10**6,
        "Checkout": "00000000-0000-0000-0000-000000000001",
        "LoyaltyRedemption": Redemption.objects.get().pk,
    }
    for argument, type_name in IDS.items():
        rows = [(type_name, mine[type_name]), (type_name, 10**7), ("Order", 1), (type_name, "x")]
        for caller in ("nobody", "other", "staff", "bare app"):
            answers = [normal(callers[caller](operation(argument, given))) for given in [*global_ids(iter(rows)), "?"]]
            assert all(answer == answers[0] for answer in answers), f"{argument} as {caller}: {answers}"
    assert Redemption.objects.get().state == "unused"


def operation(argument: str, given: str) -> str:
    literal = json.dumps(given)
    reward = json.dumps(global_ids(iter([("LoyaltyReward", Reward.objects.get(is_standard=True).pk)]))[0])
    return {
        "pointsRedeem.rewardId": f'mutation {{ pointsRedeem(input: {{rewardId: {literal}, idempotencyKey: "b"}}) '
        "{ redemption { id } errors { field code message } } }",
        "pointsRedeem.checkoutId": f"mutation {{ pointsRedeem(input: {{rewardId: {reward}, checkoutId: {literal}, "
        'idempotencyKey: "b"}) { redemption { id } errors { field code message } } }',
        "pointsRedemptionCancel.id": f"mutation {{ pointsRedemptionCancel(id: {literal}) "
        "{ redemption { id } errors { field code message } } }",
    }[argument]


def normal(answer: dict[str, Any]) -> Any:
    """An answer without what the host adds to tell its developers where it happened."""
    errors = [error["message"] for error in answer.get("errors") or []]
    return (answer.get("data"), errors)
