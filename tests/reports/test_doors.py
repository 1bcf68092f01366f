"""The doors of the report: the command in three formats, and GraphQL for staff with the permission."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any, Iterator

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from freezegun import freeze_time

from saleor_reciprocity import host
from saleor_reciprocity.management.commands import reciprocity_report
from saleor_reciprocity.reports import kept, report
from saleor_reciprocity.surveys.models import Answer, Invitation

from .. import hosts
from ..graphql.generate import everything_of
from ..surveys.shop import an_answer
from . import samples


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def full(monkeypatch: Any) -> Any:
    """A report with everything in it, whatever is read."""
    made = samples.report(channel="default-channel")
    monkeypatch.setattr(report, "made", lambda scope, progress=None: made)
    return made


@pytest.fixture
def manager(db: Any) -> hosts.GraphQL:
    user = hosts.customer("manager@example.com", staff=True)
    hosts.give_rights(user.user_permissions, "discount.manage_discounts")
    return hosts.as_user(user)


def written(**options: Any) -> str:
    out = StringIO()
    call_command("reciprocity_report", stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def everything() -> str:
    types = host.loaded_schema().get_type_map()
    return f"{{ loyaltyReport {everything_of(types['LoyaltyReport'], depth=6)} }}"


def bare(rows: Any) -> Any:
    """Rows without the names of their types."""
    return [{name: value for name, value in row.items() if name != "__typename"} for row in rows]


def test_the_command_writes_text_unless_told_otherwise(full: Any, db: Any) -> None:
    assert written().startswith("Report: default-channel\n")
    assert "\nIt works. Of 1,532 customers followed for 90 days" in written()
    assert "有效。" in written(language="zh-CN")


def test_the_command_writes_json(full: Any, db: Any) -> None:
    values = json.loads(written(format="json"))
    assert values["questions"][0]["effect"] == 0.0864
    assert values["sections"][0]["charts"][0]["svg"].startswith("<svg ")


def test_the_command_writes_one_html_file(full: Any, db: Any, tmp_path: Any) -> None:
    file = tmp_path / "report.html"
    assert written(format="html", output=str(file), language="zh-hans") == ""
    assert '<html lang="zh-hans"' in file.read_text(encoding="utf-8")


def test_the_command_refuses_what_it_cannot_do(db: Any) -> None:
    with pytest.raises(CommandError, match="There is no channel moon"):
        written(channel="moon")
    today = timezone.now().date()
    with pytest.raises(CommandError, match=f"{today} is not over yet."):
        written(until=today)


def answer_at(moment: datetime, customer: Any) -> Answer:
    """An answer that was given then, to a question of that day."""
    order = hosts.order(customer, [("40", 1)])
    with freeze_time(moment):
        return an_answer(host.order_id(order), customer)


def test_what_came_after_the_last_day_is_not_in_it(programme_on: Any, customer: Any) -> None:
    moment = (timezone.now() - timedelta(days=10)).replace(hour=23, minute=59, second=59)
    answer_at(moment, customer)
    on_the_day = json.loads(written(format="json", until=moment.date()))
    assert (on_the_day["asked"], on_the_day["answered"], on_the_day["voices"][0]["total"]["answers"]) == (1, 1, 1)
    before = json.loads(written(format="json", until=moment.date() - timedelta(days=1)))
    assert (before["asked"], before["answered"], before["voices"]) == (0, 0, [])


def test_a_channel_counts_its_own(programme_on: Any, customer: Any) -> None:
    answer = answer_at(timezone.now() - timedelta(days=2), customer)
    Invitation.objects.filter(pk=answer.invitation_id).update(channel_id="another")
    of_channel = json.loads(written(format="json", channel=hosts.open_channel().slug))
    assert (of_channel["channel"], of_channel["asked"], of_channel["answered"]) == (hosts.open_channel().slug, 0, 0)
    of_shop = json.loads(written(format="json"))
    assert (of_shop["channel"], of_shop["asked"], of_shop["answered"]) == (None, 1, 1)


def test_it_is_readable_where_nothing_can_be_written(programme_on: Any, customer: Any) -> None:
    """As from a replica: the database refuses every statement that writes."""
    an_answer(host.order_id(hosts.order(customer, [("40", 1)])), customer)
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT reading")
        cursor.execute("SET TRANSACTION READ ONLY")
    assert "Report of the shop" in written(until=date(2026, 1, 1))
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO SAVEPOINT reading")


def test_it_says_how_far_it_is_when_it_takes_long(db: Any, monkeypatch: Any) -> None:
    errors = StringIO()
    call_command("reciprocity_report", stdout=StringIO(), stderr=errors)
    assert errors.getvalue() == ""
    monkeypatch.setattr(reciprocity_report, "PATIENCE_SECONDS", -1)
    call_command("reciprocity_report", stdout=StringIO(), stderr=errors)
    assert f"{len(report.PARTS)} of {len(report.PARTS)} parts" in errors.getvalue()


def test_staff_see_figures_sentences_and_charts(full: Any, manager: hosts.GraphQL) -> None:
    found = manager.data(everything())["loyaltyReport"]
    assert (found["channel"], found["until"], found["madeAt"][:10]) == ("default-channel", "2026-06-30", "2026-07-01")
    programme = found["questions"][0]
    assert (programme["name"], programme["state"], programme["effect"]) == ("PROGRAMME", "WORKS", 0.0864)
    assert (programme["low"], programme["high"], programme["certainSince"]) == (0.0281, 0.1429, "2026-05-03")
    assert (programme["heldOut"], programme["heldOutReturned"]) == (306, 77)
    withheld = found["questions"][2]
    assert (withheld["state"], withheld["effect"], withheld["low"]) == ("WITHHELD", None, None)
    assert bare(withheld["checks"]) == [{"name": "ratio", "withholds": True, "count": 850, "of": 4850, "expected": 970}]
    assert (found["amounts"][0]["value"], found["amounts"][0]["margin"]) == (1.2, 0.4)
    assert found["owed"][0]["prudent"] == 61870
    assert found["months"][0]["month"] == "2025-05-01"
    assert bare(found["scores"])[0] == {
        "measure": "csat", "month": None, "answers": 840, "value": 80.2, "low": 77.4, "high": 82.8
    }  # fmt: skip
    assert found["products"][3]["mark"] == "WORSE"
    assert bare(found["use"]["tiers"]) == [{"name": "Silver", "members": 940}, {"name": "Gold", "members": 122}]
    first = found["sections"][0]
    assert (first["name"], first["sentences"][-1]) == ("programme", "Look at the gift question first.")
    assert [chart["name"] for chart in first["charts"]] == ["programme-arms", "programme-time", "programme-returning"]
    assert first["charts"][0]["csv"].startswith('"group","customers"')
    assert found["promise"].startswith("Of 100 shops in which nothing has an effect")


def test_its_texts_are_in_the_language_that_is_asked_for(full: Any, manager: hosts.GraphQL) -> None:
    query = '{ loyaltyReport(language: "zh-CN") { title sections { heading } } }'
    assert manager.data(query)["loyaltyReport"]["sections"][0]["heading"] == "这个计划能让顾客再次光顾吗？"


def test_the_last_day_is_chosen_and_is_over(db: Any) -> None:
    query = "query ($until: Date) { loyaltyReport(until: $until) { until } }"
    with freeze_time("2026-07-01 05:30"):
        manager = hosts.as_app("discount.manage_discounts")
        for asked, told in (
            ("2026-03-31", "2026-03-31"),
            ("2026-06-30", "2026-06-30"),
            ("2026-07-01", "2026-06-30"),  # not over yet
            ("9999-12-31", "2026-06-30"),
            (None, "2026-06-30"),
        ):
            assert manager.data(query, until=asked)["loyaltyReport"] == {"until": told}
        refused = manager(query, until="0001-01-01")
    assert refused["errors"][0]["message"] == "Argument `until` has to be a day of 1970 or later."
    assert refused["data"] == {"loyaltyReport": None}


def test_of_an_unknown_channel_there_is_none(manager: hosts.GraphQL) -> None:
    assert manager.data('{ loyaltyReport(channel: "moon") { title } }')["loyaltyReport"] is None


@pytest.mark.parametrize("permission", ["account.manage_users", "order.manage_orders", "checkout.manage_checkouts"])
def test_another_permission_is_not_enough(permission: str, full: Any, db: Any) -> None:
    user = hosts.customer("clerk@example.com", staff=True)
    hosts.give_rights(user.user_permissions, permission)
    answer = hosts.as_user(user)("{ loyaltyReport { title } }")
    assert answer["errors"]
    assert (answer["data"] or {}).get("loyaltyReport") is None


def test_who_looks_twice_within_an_hour_gets_the_same_report(db: Any, monkeypatch: Any) -> None:
    now = timezone.now()
    scope = report.Scope(None, report.last_day(now), now)
    first = kept.report_of(scope)
    later = report.Scope(None, scope.until, now + timedelta(minutes=30))
    assert kept.report_of(later).made_at == first.made_at == now
    other = report.Scope(hosts.open_channel(), scope.until, later.now)
    assert kept.report_of(other).made_at == later.now
    next_day = report.Scope(None, scope.until + timedelta(days=1), later.now)
    assert kept.report_of(next_day).made_at == later.now


def test_nothing_in_it_leads_to_a_person(programme_on: Any, customer: Any) -> None:
    answer = answer_at(timezone.now() - timedelta(days=2), customer)
    told = written(format="json") + written(format="html") + written()
    assert '"answered": 1' in told
    for secret in (customer.email, "example.com", str(answer.invitation.order_id), answer.invitation.person):
        assert secret not in told
