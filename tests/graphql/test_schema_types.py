"""The types of our fields are those that generators of the host's storefronts know, and as strict as the host's own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Iterator

import graphene
import pytest
from graphql.type import GraphQLInputObjectType, GraphQLList, GraphQLNonNull, GraphQLScalarType

from saleor_reciprocity import errors, host
from saleor_reciprocity.graphql import schema
from saleor_reciprocity.graphql.mutations import LoyaltyErrorCode
from saleor_reciprocity.graphql.scalars import whole

from .. import hosts
from ..points.programmes import earned
from .generate import OF_STAFF, bare, object_types, root_fields

BUILT_IN = {"Int", "Float", "String", "Boolean", "ID"}
# What the official storefront's generators know: with strict scalars any other one ends a build.
KNOWN = {
    "Date", "DateTime", "Day", "Decimal", "GenericScalar", "JSON", "JSONString", "Metadata", "Hour", "Minute",
    "PositiveInt", "PositiveDecimal", "UUID", "Upload", "WeightScalar", "_Any",
}  # fmt: skip


def every_field() -> Iterator[tuple[str, Any, Any]]:
    """Every field of ours: its name, its type and its arguments."""
    types = host.loaded_schema().get_type_map()
    roots = {**schema.FIELDS, "Query": root_fields("Query"), "Mutation": root_fields("Mutation")}
    for name, fields in roots.items():
        for field in fields:
            yield f"{name}.{field}", types[name].fields[field].type, types[name].fields[field].args
    for name, kind in object_types().items():
        for field, declared in kind.fields.items():
            yield f"{name}.{field}", declared.type, declared.args


def scalars() -> Iterator[Any]:
    for _, kind, arguments in every_field():
        yield from _scalars_of(kind)
        for argument in arguments.values():
            yield from _scalars_of(argument.type)


def _scalars_of(kind: Any) -> Iterator[Any]:
    kind = bare(kind)
    if isinstance(kind, GraphQLScalarType):
        yield kind
    if isinstance(kind, GraphQLInputObjectType):
        for field in kind.fields.values():
            yield from _scalars_of(field.type)


def test_12_12_every_scalar_is_the_hosts_own_and_known_to_generators() -> None:
    used = {scalar.name: scalar for scalar in scalars()}
    assert set(used) - BUILT_IN <= KNOWN
    assert "\nscalar " not in f"\n{schema.sdl()}"
    for name in set(used) - BUILT_IN:
        assert used[name].graphene_type.__module__.split(".")[0] in ("saleor", "graphene"), name


def test_12_13_nothing_in_a_list_is_null_and_no_list_is() -> None:
    for name, kind, _ in every_field():
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if isinstance(inner, GraphQLList):
            assert isinstance(inner.of_type, GraphQLNonNull), name
            of_payload = name.split(".")[0] in PAYLOADS and not name.endswith("errors")
            assert isinstance(kind, GraphQLNonNull) or of_payload or name in OF_STAFF, name


PAYLOADS = {bare(field.type).name for field in root_fields("Mutation").values()}


def test_12_13_nodes_and_errors_are_never_null() -> None:
    found = {name: str(kind) for name, kind, _ in every_field()}
    nodes = {name: kind for name, kind in found.items() if name.endswith("Edge.node")}
    assert len(nodes) == 13
    assert all(kind.endswith("!") for kind in nodes.values()), nodes
    kinds = {kind for name, kind in found.items() if name.endswith(".errors")}
    assert kinds == {"[LoyaltyError!]!"}


def test_12_13_moments_are_moments_everywhere() -> None:
    """Whatever ends with At, From or Before and is not a number or a time of day is a DateTime."""
    for name, kind, arguments in every_field():
        given = [(f"{name}({argument})", declared.type) for argument, declared in arguments.items()]
        for inner_name, inner in list(given):
            fields = getattr(bare(inner), "fields", {}) if isinstance(bare(inner), GraphQLInputObjectType) else {}
            given += [(f"{inner_name}.{field}", declared.type) for field, declared in fields.items()]
        for label, declared in [(name, kind), *given]:
            if label.rstrip(")").endswith(("At", "answeredFrom", "answeredBefore")):
                assert bare(declared).name == "DateTime", label


@pytest.mark.parametrize("points", [2**31, 2**53 - 1])
def test_12_12_points_pass_unchanged_beyond_the_type_int(points: int, programme_on: Any, customer: Any) -> None:
    ladder = "mutation($input: LoyaltyTiersSetInput!) { loyaltyTiersSet(input: $input) { errors { code } } }"
    manager = hosts.customer("manager@example.com", staff=True)
    hosts.give_rights(manager.user_permissions, "discount.manage_discounts", "account.manage_users")
    client = hosts.as_user(manager)
    tier = {"code": "gold", "name": "Gold", "threshold": min(points, 10**12)}
    assert client.data(ladder, input={"tiers": [tier], "downgrade": "NEVER"})["loyaltyTiersSet"]["errors"] == []
    (shown,) = client.data("{ loyaltyTiers { tiers { threshold } } }")["loyaltyTiers"]["tiers"]
    assert shown["threshold"] == min(points, 10**12)
    assert host.decimal_type().serialize(points) == points


@pytest.mark.parametrize("points", ["1.5", "9007199254740993", "-9007199254740993", "1e30"])
def test_12_12_points_that_are_not_whole_or_exact_are_refused(points: str, programme_on: Any, customer: Any) -> None:
    with pytest.raises(errors.Invalid) as refused:
        whole(Decimal(points), "points")
    assert refused.value.field == "points"
    earned(customer)
    reward = graphene.Node.to_global_id("LoyaltyReward", 1)
    redeem = "mutation($input: PointsRedeemInput!) { pointsRedeem(input: $input) { errors { field code } } }"
    given = {"rewardId": reward, "idempotencyKey": "k", "points": points}
    answer = hosts.as_user(customer).data(redeem, input=given)["pointsRedeem"]
    assert answer["errors"] == [{"field": "points", "code": "INVALID"}]


ADJUST = "mutation($input: LoyaltyPointsAdjustInput!) { loyaltyPointsAdjust(input: $input) { errors { field code } } }"
BONUS = "mutation($input: LoyaltyBonusGiveInput!) { loyaltyBonusGive(input: $input) { errors { field code } } }"
ERASE = """mutation($userId: ID, $email: String) {
  loyaltyCustomerErase(userId: $userId, email: $email) { errors { field code } } }"""
MERGE = """mutation($to: ID!, $userId: ID, $email: String) {
  loyaltyAccountsMerge(userId: $to, fromUserId: $userId, fromEmail: $email) { errors { field code } } }"""


def test_12_13_a_person_is_named_in_one_way(programme_on: Any, customer: Any) -> None:
    """By the id or by the address: both, none, an unknown one and nonsense have one outcome everywhere."""
    manager = hosts.customer("manager@example.com", staff=True)
    hosts.give_rights(manager.user_permissions, "account.manage_users")
    client, me = hosts.as_user(manager), graphene.Node.to_global_id("User", customer.pk)
    more = {"points": 1, "reason": "r", "idempotencyKey": "k"}
    rule = graphene.Node.to_global_id("LoyaltyRule", 1)

    def outcomes(**named: Any) -> list[dict[str, Any]]:
        adjusted = client.data(ADJUST, input={**more, **named})
        given = client.data(BONUS, input={"ruleId": rule, "reason": "r", "idempotencyKey": "k", **named})
        erased = client.data(ERASE, **named)
        merged = client.data(MERGE, to=me, **named)
        return [found for answer in (adjusted, given, erased, merged) for found in answer.popitem()[1]["errors"]]

    def each(field: str, of_merge: str, code: str) -> list[dict[str, str]]:
        return [*[{"field": field, "code": code}] * 3, {"field": of_merge, "code": code}]

    assert outcomes(userId=me, email="ada@example.com") == each("email", "fromEmail", "INVALID")
    assert outcomes() == each("userId", "fromUserId", "INVALID")
    assert outcomes(email="nonsense") == each("email", "fromEmail", "INVALID")
    unknown = graphene.Node.to_global_id("User", 10**7)
    assert outcomes(userId=unknown) == each("userId", "fromUserId", "NOT_FOUND")
    assert outcomes(userId="nonsense") == each("userId", "fromUserId", "NOT_FOUND")
    asked = client(f'{{ loyaltyAccount(userId: "{me}", email: "ada@example.com") {{ available }} }}')
    assert asked["errors"][0]["message"].startswith("email: ")


def test_12_13_an_error_names_an_input_that_there_is() -> None:
    """Each field that an error can name, wherever it is raised, is an argument or input field of ours."""
    inputs = {argument for _, _, arguments in every_field() for argument in arguments}
    for _, _, arguments in every_field():
        for argument in arguments.values():
            kinds = [bare(argument.type)]
            while kinds:
                fields = getattr(kinds.pop(), "fields", {}) or {}
                inputs |= set(fields)
                kinds += [bare(f.type) for f in fields.values() if isinstance(bare(f.type), GraphQLInputObjectType)]
    cases = errors.ReciprocityError.__subclasses__()
    assert {case.code for case in cases} <= set(LoyaltyErrorCode._meta.enum.__members__)
    assert {case.field for case in cases if case.field} <= inputs
