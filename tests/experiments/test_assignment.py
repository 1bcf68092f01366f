"""The holdout's assignment: the share that was said, two experiments independent, the same in every process."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from math import sqrt
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import identity
from saleor_reciprocity.experiments import holdout
from saleor_reciprocity.experiments.assignment import is_held_out, position
from saleor_reciprocity.experiments.models import Assignment

KEY = bytes.fromhex("5a" * 32)
PEOPLE = 20_000


def test_the_share_that_was_said_is_held_out() -> None:
    for share in ("0.05", "0.2", "0.5"):
        held_out = sum(is_held_out(KEY, "surprises", f"person {number}", Decimal(share)) for number in range(PEOPLE))
        expected = PEOPLE * float(share)
        assert abs(held_out - expected) <= 4 * sqrt(expected * (1 - float(share)))
    assert not any(is_held_out(KEY, "surprises", f"person {number}", Decimal(0)) for number in range(1000))


def test_two_experiments_are_independent() -> None:
    share = Decimal("0.2")
    both = sum(
        is_held_out(KEY, "surprises", f"person {number}", share)
        and is_held_out(KEY, "surveys", f"person {number}", share)
        for number in range(PEOPLE)
    )
    assert abs(both - PEOPLE * 0.04) <= 4 * sqrt(PEOPLE * 0.04 * 0.96)


def test_another_process_says_the_same() -> None:
    program = (
        "from saleor_reciprocity.experiments.assignment import position\n"
        "print([str(position(bytes.fromhex('5a' * 32), 'surprises', f'person {n}')) for n in range(50)])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.strip() == str([str(position(KEY, "surprises", f"person {number}")) for number in range(50)])


def test_a_person_is_assigned_once_whatever_the_share_becomes(db: Any) -> None:
    person = identity.email_hash("ada@example.com")
    first = holdout.assigned(person, "surprises", Decimal("0.5"), timezone.now())
    for share in (Decimal(0), Decimal("0.9")):
        again = holdout.assigned(person, "surprises", share, timezone.now())
        assert (again.pk, again.held_out, again.share) == (first.pk, first.held_out, Decimal("0.5"))
    assert Assignment.objects.count() == 1


@pytest.mark.parametrize("spelling", ["ADA@Example.com", " ada@example.com ", "ada@example.com"])
def test_letter_case_and_spaces_are_the_same_person(spelling: str, db: Any) -> None:
    assert identity.email_hash(spelling) == identity.email_hash("ada@example.com")


def test_who_is_assigned_again_under_another_address_repeats_the_first_assignment(db: Any) -> None:
    """No lots are drawn again, so the person is followed once."""
    now = timezone.now()
    old, new, newest = ("a" * 64, "b" * 64, "c" * 64)
    first = holdout.assigned(old, "surprises", Decimal("0.5"), now)
    holdout.assigned(new, "surprises", Decimal("0.9"), now, [old])
    holdout.assigned(newest, "surprises", Decimal("0.9"), now, [new])
    rows = Assignment.objects.order_by("pk").values_list("person", "repeats_id", "held_out", "share")
    assert list(rows) == [
        (old, None, first.held_out, Decimal("0.5")),
        (new, first.pk, first.held_out, Decimal("0.5")),
        (newest, first.pk, first.held_out, Decimal("0.5")),
    ]
