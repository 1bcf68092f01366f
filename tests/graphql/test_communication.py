"""What a customer wants to get, through GraphQL, and what it changes."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.mail import consent, kinds
from saleor_reciprocity.mail.models import CommunicationChoice

from .. import hosts

UPDATE = """mutation($wanted: Boolean!) { communicationPreferencesUpdate(input: [{kind: SURVEY, wanted: $wanted}]) {
  preferences { kind wanted } errors { code } } }"""
READ = "{ me { loyalty { communicationPreferences { kind wanted } } } }"


def test_a_customer_says_yes_and_no(programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, mail_consent="preference")
    client, person = hosts.as_user(customer), host.person(customer)
    said = client.data(READ)["me"]["loyalty"]["communicationPreferences"]
    assert {one["wanted"] for one in said} == {None}
    for wanted in (True, True, False):
        assert client.data(UPDATE, wanted=wanted)["communicationPreferencesUpdate"]["errors"] == []
        verdict = consent.may_write(person, kinds.SURVEY, programme_on.id, timezone.now())
        assert verdict.allowed == wanted
        said = client.data(READ)["me"]["loyalty"]["communicationPreferences"]
        assert {one["kind"]: one["wanted"] for one in said}["SURVEY"] == wanted
    assert [(one.wanted, one.origin) for one in CommunicationChoice.objects.order_by("pk")] == [
        (False, "graphql"),
    ]


def test_nobody_says_it_for_somebody_else(programme_on: Any) -> None:
    answer = hosts.GraphQL().data(UPDATE, wanted=True)["communicationPreferencesUpdate"]
    assert answer["errors"] == [{"code": "SIGN_IN_REQUIRED"}]
