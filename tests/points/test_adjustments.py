"""Points given and taken by hand, one by one and by files. Edge case 40 of the engine's list."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from saleor_reciprocity import errors, host
from saleor_reciprocity.points import adjustment_files, adjustments
from saleor_reciprocity.points.models import Account, Entry, Lot

from .. import hosts


def guest(email: str = "guest@example.com") -> host.Person:
    return host.person_with_email(email)


def adjust(points: int, key: str, **options: Any) -> Entry:
    return adjustments.adjust(guest(), points, "why", "user:1", key, **options, now=timezone.now())


def test_points_are_given_and_taken_with_reason_and_actor(db: Any) -> None:
    adjust(10, "a")
    entry = adjust(-4, "b")
    assert (entry.kind, entry.points, entry.balance_after) == ("adjustment", -4, 6)
    assert (entry.reason, entry.actor) == ("why", "user:1")


def test_one_key_is_one_entry(db: Any) -> None:
    assert adjust(10, "a") == adjust(10, " a ")
    with pytest.raises(errors.KeyAlreadyUsed):
        adjust(11, "a")
    with pytest.raises(errors.KeyAlreadyUsed):
        adjustments.adjust(guest("other@example.com"), 10, "why", "", "a", now=timezone.now())
    assert Entry.objects.count() == 1


def test_more_than_there_is_goes_into_debt_only_when_asked(db: Any) -> None:
    adjust(10, "a")
    with pytest.raises(errors.InsufficientPoints):
        adjust(-11, "b")
    assert Entry.objects.count() == 1
    adjust(-11, "b", into_debt=True)
    account = Account.objects.get()
    assert (account.available, account.debt) == (0, 1)


@pytest.mark.parametrize(
    ("points", "reason", "key", "field"),
    [(0, "x", "k", "points"), (2**31, "x", "k", "points"), (1, " ", "k", "reason"), (1, "x" * 256, "k", "reason"),
     (1, "x", "", "idempotencyKey"), (1, "x", "k" * 129, "idempotencyKey")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(points: int, reason: str, key: str, field: str, db: Any) -> None:
    with pytest.raises(errors.Invalid) as refused:
        adjustments.adjust(guest(), points, reason, "", key, now=timezone.now())
    assert refused.value.field == field
    assert Entry.objects.count() == 0


def test_a_mistake_is_reversed_once_by_a_new_entry(db: Any) -> None:
    given = adjust(10, "a")
    undone = adjustments.reverse(given.pk, "a mistake", "user:2", now=timezone.now())
    assert (undone.points, undone.balance_after, undone.actor) == (-10, 0, "user:2")
    assert adjustments.reverse(given.pk, "again", "user:2", now=timezone.now()) == undone
    with pytest.raises(errors.NotFound):
        adjustments.reverse(undone.pk, "a reversal of a reversal", "user:2", now=timezone.now())


def test_reversing_what_was_taken_fills_the_same_lot(db: Any) -> None:
    adjust(10, "a")
    taken = adjust(-7, "b")
    adjustments.reverse(taken.pk, "a mistake", "", now=timezone.now())
    assert list(Lot.objects.values_list("points", "remaining")) == [(10, 10)]


def test_reversing_what_was_taken_into_debt_and_repaid_since(db: Any) -> None:
    adjust(10, "a")
    taken = adjust(-40, "b", into_debt=True)
    adjust(50, "c")
    adjustments.reverse(taken.pk, "a mistake", "", now=timezone.now())
    assert Account.objects.get().available == 60


def test_what_was_given_and_is_spent_is_taken_back_into_debt_only_when_asked(db: Any) -> None:
    given = adjust(10, "a")
    adjust(-10, "b")
    with pytest.raises(errors.InsufficientPoints):
        adjustments.reverse(given.pk, "a mistake", "", now=timezone.now())
    adjustments.reverse(given.pk, "a mistake", "", into_debt=True, now=timezone.now())
    assert Account.objects.get().debt == 10


FILE = """email,points,reason
ada@example.com,10,"Sorry, late"
ada@example.com,-4,Correction
ada@example.com,-7,Too much
nobody,1,No address
eve@example.com,x,No number
"""


def run(path: Path, **options: Any) -> list[dict[str, str]]:
    report = StringIO()
    with pytest.raises(CommandError, match="3 of 5 rows were refused"):
        call_command("reciprocity_adjust", str(path), stdout=report, stderr=StringIO(), **options)
    return list(csv.DictReader(report.getvalue().splitlines()))


def test_a_file_is_rehearsed_done_and_done_again(db: Any, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(FILE)
    rehearsed = run(path, dry_run=True)
    assert Entry.objects.count() == Account.objects.count() == 0
    done = run(path)
    assert [row["status"] for row in done] == ["done", "done", "refused", "refused", "refused"]
    assert [(row["status"], row["balance"]) for row in rehearsed[:2]] == [
        ("would be done", "10"),
        ("would be done", "6"),
    ]
    assert [row["problem"] for row in rehearsed] == [row["problem"] for row in done]
    again = run(path)
    assert [row["status"] for row in again] == ["done before", "done before", "refused", "refused", "refused"]
    assert Account.objects.get().available == 6


def test_a_corrected_file_with_keys_does_only_what_is_new(db: Any, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("key,email,points,reason\n1,a@example.com,10,x\n")
    call_command("reciprocity_adjust", str(path), stdout=StringIO(), stderr=StringIO())
    path.write_text("key,email,points,reason\n1,a@example.com,10,x\n2,a@example.com,5,y\n")
    call_command("reciprocity_adjust", str(path), stdout=StringIO(), stderr=StringIO(), report=tmp_path / "r.csv")
    assert Account.objects.get().available == 15
    report = csv.DictReader((tmp_path / "r.csv").read_text().splitlines())
    assert [row["status"] for row in report] == ["done before", "done"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "email,points\n",
        "points,reason\n",
        "email,points,reason,note\n",
        "key,email,points,reason\n1,a@b,1,x\n1,a@b,1,x\n",
        "email,points,reason,points\na@example.com,1,x,1000\n",
        "email,email,points,reason\na@example.com,b@example.com,1,x\n",
    ],
)
def test_a_file_of_another_form_is_refused_whole(content: str, db: Any, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(content)
    with pytest.raises(CommandError, match="can't be used"):
        call_command("reciprocity_adjust", str(path))
    assert Entry.objects.count() == 0


def test_a_file_with_a_column_twice_names_it(db: Any) -> None:
    with pytest.raises(errors.Invalid, match="The column points is in the file twice"):
        adjustment_files.read("email,points,reason,points\na@example.com,1,x,1000\n")


def test_a_row_that_names_two_people_is_refused_and_one_that_names_one_twice_is_done(db: Any) -> None:
    ada, eve = hosts.customer("ada@example.com"), hosts.customer("eve@example.com")
    content = "user,email,points,reason\n" + "".join(
        f"{user},{email},10,Sorry\n"
        for user, email in [(ada.pk, "eve@example.com"), (ada.pk, "ada@"), (ada.pk, "ADA@example.com"), (eve.pk, "")]
    )
    rows = adjustment_files.read(content)
    now = timezone.now()
    for reports in (adjustment_files.rehearse(rows, now), adjustment_files.apply(rows, "user:1", now)):
        assert [report.problem for report in reports] == [
            "The user has another e-mail address.",
            "Enter an e-mail address, for example shop@example.com.",
            "",
            "",
        ]
    assert sorted(Account.objects.values_list("user_id", "available")) == [(ada.pk, 10), (eve.pk, 10)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_strange_cells_are_refused_by_name_and_hold_up_no_other(end: str, db: Any, tmp_path: Path) -> None:
    """Python's own spellings of numbers, cells too many, and line separators within a text, however lines end."""
    bad = {"1_000": "whole number", "１２": "whole number", "9" * 5000: "whole number", "=1+1": "whole number"}
    rows = [f"bad {number},a@example.com,{points},x" for number, points in enumerate(bad)]
    rows += ["many,a@example.com,1,Sorry, late", "large,a@example.com,4000000000,x"]
    rows += ['ok,a@example.com,+5,"two\u2028lines, and\x0bmore"']
    path, report = tmp_path / "points.csv", tmp_path / "report.csv"
    path.write_bytes(end.join(["\ufeffkey,email,points,reason", *rows, ""]).encode())
    with pytest.raises(CommandError, match="6 of 7 rows were refused"):
        call_command("reciprocity_adjust", str(path), stderr=StringIO(), report=report)
    found = list(csv.DictReader(report.read_text().splitlines()))
    assert all(problem in row["problem"] for row, problem in zip(found, bad.values()))
    assert "more cells than columns" in found[4]["problem"]
    assert found[3]["points"] == "'=1+1", "a report opens in a spreadsheet"
    assert [row["status"] for row in found] == ["refused"] * 6 + ["done"]
    assert Entry.objects.get().reason == "two\u2028lines, and\x0bmore"


def test_a_character_that_cannot_be_stored_is_refused(db: Any) -> None:
    rows = [(2, {"email": "a@example.com", "points": "5", "reason": "a\0b", "key": "k"})]
    assert [report.status for report in adjustment_files.apply(rows, "user:1", timezone.now())] == ["refused"]
    assert [report.status for report in adjustment_files.rehearse(rows, timezone.now())] == ["refused"]


@pytest.mark.parametrize("content", ["email,points,reason\n".encode("utf-16"), b"email,points,reason\na@b,1,\xe4\n"])
def test_another_encoding_is_refused_whole(content: bytes, db: Any, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="can't be used"):
        call_command("reciprocity_adjust", str(path), stdout=StringIO(), stderr=StringIO())
    assert Entry.objects.count() == 0


def test_a_large_file_with_one_key_twice_is_refused_at_once(db: Any) -> None:
    lines = [f"{number},a@example.com,1,x" for number in range(200_000)]
    with pytest.raises(errors.Invalid, match="199999"):
        adjustment_files.read("\n".join(["key,email,points,reason", *lines, lines[-1]]))


def test_points_of_a_user_named_by_number(programme_on: Any, customer: Any, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(f"user,points,reason,channel\n{customer.pk},10,x,{programme_on.id}\n")
    call_command("reciprocity_adjust", str(path), stdout=StringIO(), stderr=StringIO())
    assert Account.objects.get(user=customer).available == 10
    assert hosts.as_user(customer).data("{ me { loyalty { available } } }")["me"]["loyalty"]["available"] == 10
