"""Surprises through GraphQL: campaigns for staff with refusals at their fields, proofs for all, codes for owners."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.surprises import due
from saleor_reciprocity.surprises.models import Campaign, Draw

from .. import hosts
from ..surprises.shop import campaign, night, settled

CREATE = """mutation($input: SurpriseCampaignCreateInput!) { surpriseCampaignCreate(input: $input) {
  campaign { id name probability fromOrderNumber coolingOffDays secret secretHash
    budget { perDay perMonth total spent currency }
    prizes { kind name value { amount currency } weight stock percent } }
  errors { field code message } } }"""
CAMPAIGNS = """{ surpriseCampaigns { edges { node { name usedByOthers outcomes { outcome count }
  draws(first: 2) { pageInfo { hasNextPage }
    edges { node { orderNumber outcome ticket surprise { code } } } } } } } }"""
PROOFS = "{ surpriseProofs { edges { node { probability secretHash secret prizes { number weight } } } } }"
CARD = {"kind": "PERCENTAGE", "name": "A tenth", "value": "10", "percent": 10, "weight": 2, "stock": 7}
CUP = {"kind": "FREE_PRODUCT", "name": "A cup", "value": 1}


@pytest.fixture
def manager(programme_on: Any) -> Any:
    """A signed-in member of staff who manages discounts, in a shop where nobody is held out."""
    hosts.configure(programme_on, holdout_share="0")
    staff = hosts.customer("manager@example.com", staff=True)
    hosts.give_rights(staff.user_permissions, "discount.manage_discounts", "account.manage_users")
    return hosts.as_user(staff)


def wanted(**changes: Any) -> dict[str, Any]:
    return {"name": "Spring", "probability": "0.25", "budget": {"perMonth": "50"}, "prizes": [CARD], **changes}


def test_staff_start_change_and_end_a_campaign(manager: Any) -> None:
    made = manager.data(CREATE, input=wanted())["surpriseCampaignCreate"]
    assert made["errors"] == []
    shown = made["campaign"]
    assert (shown["probability"], shown["fromOrderNumber"], shown["coolingOffDays"]) == (0.25, 2, 30)
    assert shown["budget"] == {"perDay": None, "perMonth": 50, "total": None, "spent": 0, "currency": "USD"}
    assert shown["prizes"] == [
        {
            "kind": "PERCENTAGE",
            "name": "A tenth",
            "value": {"amount": 10.0, "currency": "USD"},
            "weight": 2,
            "stock": 7,
            "percent": 10,
        }
    ]
    assert shown["secret"] is None

    change = 'mutation($id: ID!) { surpriseCampaignUpdate(id: $id, input: {budget: {total: 5}, reason: "Thanks"}) '
    change += "{ campaign { reason budget { perMonth total } } errors { field } } }"
    changed = manager.data(change, id=shown["id"])["surpriseCampaignUpdate"]
    assert changed["campaign"] == {"reason": "Thanks", "budget": {"perMonth": 50, "total": 5}}

    end = "mutation($id: ID!) { surpriseCampaignEnd(id: $id) { campaign { secret endsAt } errors { field } } }"
    ended = manager.data(end, id=shown["id"])["surpriseCampaignEnd"]["campaign"]
    assert hashlib.sha256(bytes.fromhex(ended["secret"])).hexdigest() == shown["secretHash"]
    assert manager.data(end, id=shown["id"])["surpriseCampaignEnd"]["campaign"] == ended


def test_a_campaign_wins_customers_back_and_they_see_the_gift(manager: Any, customer: Any) -> None:
    hosts.order(customer, [("40", 1)], placed_at=timezone.now() - timedelta(days=29))
    five = {"kind": "VOUCHER", "name": "Five", "value": "5"}
    terms = wanted(occasion="WIN_BACK", afterDays=30, probability="1", prizes=[five])
    create = CREATE.replace("probability fromOrderNumber", "occasion afterDays fromOrderNumber")
    made = manager.data(create, input=terms)["surpriseCampaignCreate"]
    assert made["errors"] == []
    shown = {name: made["campaign"][name] for name in ("occasion", "afterDays", "fromOrderNumber")}
    assert shown == {"occasion": "WIN_BACK", "afterDays": 30, "fromOrderNumber": 1}

    assert due.look(night(1)) == 1
    draws = "{ surpriseCampaigns { edges { node { draws { edges { node { orderNumber occasionAt outcome } } } } } } }"
    (found,) = manager.data(draws)["surpriseCampaigns"]["edges"][0]["node"]["draws"]["edges"]
    assert (found["node"]["orderNumber"], found["node"]["outcome"]) == ("", "WON")
    assert found["node"]["occasionAt"] is not None
    mine = "{ me { loyalty { surprises { edges { node { code occasion drawnOver state } } } } } }"
    (gift,) = hosts.as_user(customer).data(mine)["me"]["loyalty"]["surprises"]["edges"]
    row = Draw.objects.get()
    assert gift["node"] == {"code": row.code, "occasion": "WIN_BACK", "drawnOver": row.order_id, "state": "ISSUED"}
    secret = bytes.fromhex(Campaign.objects.get().secret)
    assert row.ticket == hmac.new(secret, gift["node"]["drawnOver"].encode(), hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"occasion": "WIN_BACK"}, "afterDays"),
        ({"occasion": "BIRTHDAY", "afterDays": 3}, "afterDays"),
        ({"occasion": "TIER_REACHED"}, "tier"),
        ({"occasion": "ANNIVERSARY", "minimumTotal": "5"}, "minimumTotal"),
        ({"probability": "1.5"}, "probability"),
        ({"probability": "0"}, "probability"),
        ({"budget": {}}, "budget"),
        ({"prizes": []}, "prizes"),
        ({"prizes": [{**CARD, "percent": 101}]}, "prizes"),
        (
            {"prizes": [{"kind": "FREE_PRODUCT", "name": "A cup", "value": 1, "productId": "UHJvZHVjdDo5OTk5OTk="}]},
            "prizes",
        ),
        ({"prizes": [{"kind": "FREE_PRODUCT", "name": "A cup", "value": 1, "productId": "nonsense"}]}, "prizes"),
        ({"endsAt": "2020-01-01T00:00:00Z"}, "endsAt"),
        ({"startsAt": "2030-01-01T00:00:00"}, "startsAt"),
        ({"channel": "nowhere"}, "channel"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(changes: Any, field: str, manager: Any) -> None:
    answer = manager.data(CREATE, input=wanted(**changes))["surpriseCampaignCreate"]
    assert [error["field"] for error in answer["errors"]] == [field]
    assert answer["errors"][0]["message"]
    assert Campaign.objects.count() == 0


def test_the_standard_campaign_is_changed_on_the_plugins_page_only(manager: Any, programme_on: Any) -> None:
    hosts.configure(programme_on, surprise_probability="0.1")
    import graphene

    standard = graphene.Node.to_global_id("SurpriseCampaign", Campaign.objects.get().pk)
    end = "mutation($id: ID!) { surpriseCampaignEnd(id: $id) { errors { field code } } }"
    for given, code in ((standard, "INVALID"), ("nonsense", "NOT_FOUND")):
        assert manager.data(end, id=given)["surpriseCampaignEnd"]["errors"] == [{"field": "id", "code": code}]


def test_staff_see_what_was_given_and_what_was_stopped(manager: Any, programme_on: Any, customer: Any) -> None:
    campaign(programme_on, cooling_off_days=10)
    for _ in range(5):
        settled(customer)
    (edge,) = manager.data(CAMPAIGNS)["surpriseCampaigns"]["edges"]
    assert edge["node"]["outcomes"] == [
        {"outcome": "COOLING_OFF", "count": 2},
        {"outcome": "TOO_MANY_ORDERS", "count": 2},
        {"outcome": "WON", "count": 1},
    ]
    assert edge["node"]["draws"]["pageInfo"]["hasNextPage"]
    assert edge["node"]["draws"]["edges"][0]["node"]["surprise"] is None


def test_anyone_can_verify_a_draw_once_the_campaign_has_ended(manager: Any, programme_on: Any, customer: Any) -> None:
    spring = campaign(programme_on)
    order = settled(customer)
    (edge,) = hosts.GraphQL().data(PROOFS)["surpriseProofs"]["edges"]
    assert (edge["node"]["secret"], edge["node"]["secretHash"]) == (None, spring.secret_hash)

    Campaign.objects.update(ends_at=timezone.now())
    (edge,) = hosts.GraphQL().data(PROOFS)["surpriseProofs"]["edges"]
    secret = bytes.fromhex(edge["node"]["secret"])
    assert hashlib.sha256(secret).hexdigest() == edge["node"]["secretHash"]
    ticket = hmac.new(secret, host.order_id(order).encode(), hashlib.sha256).hexdigest()
    assert ticket == Draw.objects.get().ticket


def test_a_campaign_that_has_not_started_is_nobodys_business(programme_on: Any) -> None:
    campaign(programme_on, starts_at=timezone.now() + timedelta(days=1))
    assert hosts.GraphQL().data(PROOFS)["surpriseProofs"]["edges"] == []


def test_a_guests_code_is_for_who_holds_the_order_and_not_for_any_staff(manager: Any, programme_on: Any) -> None:
    campaign(programme_on)
    order = settled("guest@example.com")
    code = Draw.objects.get().code
    from .asking import order_query

    query = order_query(order, "surprise { code name points }")
    (answer,) = hosts.GraphQL().data(query).values()
    assert answer["surprise"] == {"code": code, "name": "Five", "points": None}
    clerk = hosts.customer("clerk@example.com", staff=True)
    hosts.give_rights(clerk.user_permissions, "account.manage_users", "order.manage_orders")
    (answer,) = hosts.as_user(clerk).data(query).values()
    assert answer["surprise"]["code"] is None
    listed = '{ loyaltyAccount(email: "guest@example.com") { surprises { edges { node { code } } } } }'
    for client, seen in ((hosts.as_user(clerk), None), (manager, code)):
        (edge,) = client.data(listed)["loyaltyAccount"]["surprises"]["edges"]
        assert edge["node"]["code"] == seen


def test_a_guests_gifts_are_in_the_list_of_the_confirmed_account(manager: Any, programme_on: Any) -> None:
    campaign(programme_on)
    settled("ada@example.com")
    mine = "{ me { loyalty { surprises { edges { node { code } } } } } }"
    unconfirmed = hosts.customer("ada@example.com", confirmed=False)
    if hosts.MULTI_CHANNEL:  # an unconfirmed user of Saleor 2 can't sign in
        assert hosts.as_user(unconfirmed).data(mine)["me"]["loyalty"]["surprises"]["edges"] == []
    unconfirmed.delete()
    (edge,) = hosts.as_user(hosts.customer("ada@example.com")).data(mine)["me"]["loyalty"]["surprises"]["edges"]
    assert edge["node"]["code"] == Draw.objects.get().code


def test_staff_are_told_what_the_holdout_could_see(manager: Any) -> None:
    power = "{ loyaltyHoldoutPower(share: 0.5) { customers repeatRate share smallestDifference } }"
    assert manager.data(power)["loyaltyHoldoutPower"] == {
        "customers": 0,
        "repeatRate": 0.0,
        "share": 0.5,
        "smallestDifference": None,
    }
