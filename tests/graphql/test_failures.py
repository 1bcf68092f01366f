"""What the API says when the database refuses something that nobody foresaw: no value of anybody, on every host."""

from __future__ import annotations

import json
import logging
from typing import Any

import graphene
import pytest
from django.db import connection, transaction

from saleor_reciprocity.points import accounts
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Reward

from .. import hosts
from .asking import REDEEM

HERS = ("ada@example.com", "SZE4XK4RSGRK")


def refused(*args: Any, **kwargs: Any) -> Any:
    """A statement that PostgreSQL refuses, with an address and a code in its text."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [" ".join(HERS)])


@pytest.fixture(autouse=True)
def like_a_shop(settings: Any, programme_on: Any) -> None:
    settings.DEBUG = False


def the_one_error(answer: Any, caplog: Any) -> None:
    (error,) = answer["errors"]
    assert error["message"] == "Something went wrong. Try again later."
    assert error["extensions"]["exception"]["code"] == "InternalError"
    said = json.dumps(answer) + caplog.text
    assert [value for value in HERS if value in said] == []
    assert "Failure: DataError" in caplog.text, "the log has the kind"


def test_a_query_says_nothing_of_what_the_database_says(customer: Any, monkeypatch: Any, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG, "saleor_reciprocity")
    monkeypatch.setattr(accounts, "account_of", refused)
    answer = hosts.as_user(customer)("{ me { loyalty { available } } }")
    assert answer["data"] == {"me": {"loyalty": None}}
    the_one_error(answer, caplog)


def test_a_mutation_says_nothing_of_what_the_database_says(customer: Any, monkeypatch: Any, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG, "saleor_reciprocity")
    monkeypatch.setattr(redemption, "redeem", refused)
    reward = graphene.Node.to_global_id("LoyaltyReward", Reward.objects.get().pk)
    answer = hosts.as_user(customer)(REDEEM, input={"rewardId": reward, "idempotencyKey": "key"})
    assert answer["data"] == {"pointsRedeem": None}
    the_one_error(answer, caplog)
