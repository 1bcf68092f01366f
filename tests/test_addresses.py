"""What an e-mail address can be: at every door where one is entered, what can't be one is refused and does nothing."""

from __future__ import annotations

from io import StringIO
from typing import Any

import graphene
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from saleor_reciprocity import errors, identity, readers
from saleor_reciprocity.points import adjustment_files
from saleor_reciprocity.points.models import Account, Entry

from . import hosts
from .points.programmes import rule

IMPOSSIBLE = {
    "with a name": "Ada <ada@example.com>",
    "a link": "mailto:ada@example.com",
    "two with a comma": "ada@example.com, eve@example.com",
    "two with a semicolon": "ada@example.com;eve@example.com",
    "a zero-width space at the end": "ada@example.com\u200b",
    "a zero-width space in front": "\u200bada@example.com",
    "a byte order mark": "\ufeffada@example.com",
    "a soft hyphen": "ada@exam\u00adple.com",
    "a joiner": "ada@exam\u200dple.com",
    "a variation selector": "ada@example.com\ufe0f",
    "a space": "ada lovelace@example.com",
    "a line break": "ada@example.com\neve@example.com",
    "a null character": "ada@example.com\0",
    "no domain": "ada@",
    "no name": "@example.com",
    "no dot": "ada@example",
    "two dots": "ada@example..com",
    "a word": "nonsense",
    "a sign": "@",
}
POSSIBLE = ("ada@example.com", "Ada.Lovelace+shop@sub.example.co.uk", "ada@bücher.example", "o'hara@example.com")
wrong = pytest.mark.parametrize("email", IMPOSSIBLE.values(), ids=IMPOSSIBLE)


@wrong
def test_what_cannot_be_an_address_is_refused(email: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        identity.address(email)
    assert refused.value.field == "email"
    with pytest.raises(ValueError, match="Enter an e-mail address"):
        readers.email_address(email)


@pytest.mark.parametrize("email", POSSIBLE)
def test_what_can_be_an_address_is_taken_trimmed(email: str) -> None:
    assert identity.address(f" {email}\n") == email
    assert readers.email_address(email) == email


@wrong
def test_no_row_of_a_file_makes_an_account_for_it(email: str, db: Any) -> None:
    rows = [(2, {"email": email, "points": "10", "reason": "Sorry", "key": "k"})]
    assert [report.status for report in adjustment_files.rehearse(rows, timezone.now())] == ["refused"]
    assert [report.status for report in adjustment_files.apply(rows, "user:1", timezone.now())] == ["refused"]
    assert (Account.objects.count(), Entry.objects.count()) == (0, 0)


MUTATIONS = {
    "loyaltyPointsAdjust": (
        "mutation($email: String) { outcome: loyaltyPointsAdjust(input: {email: $email, points: 5, reason: "
        '"Sorry", idempotencyKey: "k"}) { errors { code field } } }'
    ),
    "loyaltyCustomerErase": (
        "mutation($email: String) { outcome: loyaltyCustomerErase(email: $email) { errors { code field } } }"
    ),
}


@pytest.fixture
def staff(programme_on: Any) -> Any:
    user = hosts.customer("staff@example.com", staff=True)
    hosts.give_rights(user.user_permissions, "account.manage_users")
    return hosts.as_user(user)


@wrong
def test_staff_are_told(email: str, staff: Any) -> None:
    bonus = (
        "mutation($email: String, $rule: ID!) { outcome: loyaltyBonusGive(input: {email: $email, ruleId: $rule, "
        'reason: "Sorry", idempotencyKey: "k"}) { errors { code field } } }'
    )
    with_rule = {"rule": graphene.Node.to_global_id("LoyaltyRule", rule("bonus", "15", trigger="staff").rule_id)}
    for mutation, variables in [*((text, {}) for text in MUTATIONS.values()), (bonus, with_rule)]:
        outcome = staff.data(mutation, email=email, **variables)["outcome"]
        assert outcome["errors"] == [{"code": "INVALID", "field": "email"}]
    assert (Account.objects.count(), Entry.objects.count()) == (0, 0)


@wrong
@pytest.mark.parametrize("command", ["reciprocity_erase", "reciprocity_export"])
def test_commands_refuse_it(command: str, email: str, db: Any) -> None:
    with pytest.raises(CommandError, match="Enter an e-mail address"):
        call_command(command, f"--email={email}", stdout=StringIO())


def test_an_address_of_nobody_is_not_found_when_it_is_to_be_erased(staff: Any, customer: Any) -> None:
    erase = MUTATIONS["loyaltyCustomerErase"]
    assert staff.data(erase, email="nobody@example.com")["outcome"]["errors"] == [
        {"code": "NOT_FOUND", "field": "email"}
    ]
    with pytest.raises(CommandError, match="Nothing is held under this address"):
        call_command("reciprocity_erase", "--email=nobody@example.com", stdout=StringIO())
    hosts.order("guest@example.com", [("10", 1)])
    assert staff.data(erase, email="guest@example.com")["outcome"]["errors"] == []
