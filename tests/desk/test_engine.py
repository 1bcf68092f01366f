"""The engine of the desk: pages as the bearer of a token sees them, and forms by the schema's own types."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import graphene
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from graphql import parse, validate

from saleor_reciprocity import host
from saleor_reciprocity.desk import documents, pages
from saleor_reciprocity.points.models import Entry
from saleor_reciprocity.surveys import queries

from .. import hosts
from ..points.programmes import earned
from .browsing import PREFIX, Reader, manager

NOBODY = str(graphene.Node.to_global_id("User", 999_999_999))


@pytest.fixture(autouse=True)
def nobody_has_tried_before() -> None:
    """Saleor 3 makes who mistyped a password wait."""
    cache.clear()


def user_id(user: Any) -> str:
    return str(graphene.Node.to_global_id("User", user.pk))


def test_the_shell_holds_nothing_of_the_shop_and_is_closed_to_others(channel: Any) -> None:
    shell = Client().get(PREFIX + "customers/account?id=1")
    policy = shell["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert shell.status_code == 200
    for part in ("default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert shell["X-Frame-Options"] == "DENY"
    assert "Set-Cookie" not in shell
    text = shell.content.decode()
    assert text.count("<script") == text.count(f'<script nonce="{nonce}"') == 1
    strangers = ("src=", "<link", "@import", "url(", "http:", "https:", " style=", " onclick=")
    assert not any(part in text for part in strangers)
    assert Client().get(PREFIX)["Content-Security-Policy"] != policy


def test_only_the_shops_own_dashboard_may_frame_it(channel: Any, settings: Any) -> None:
    settings.RECIPROCITY_DASHBOARDS = ["https://dashboard.example.com"]
    shell = Client().get(PREFIX)
    assert "frame-ancestors https://dashboard.example.com" in shell["Content-Security-Policy"]
    assert "X-Frame-Options" not in shell


@pytest.mark.parametrize("page", sorted(pages.PAGES))
def test_every_document_is_one_of_the_schema(page: str, db: Any) -> None:
    found = documents.document(pages.PAGES[page].name)
    operations = [*found.mutations.values(), *([found.query] if found.query else [])]
    assert operations
    for operation in operations:
        assert validate(host.loaded_schema(), parse(operation.text)) == []


@pytest.mark.parametrize("page", sorted(pages.PAGES))
@pytest.mark.parametrize("token", ["", "no-token", "a.b.c"])
def test_without_a_token_that_counts_there_is_no_page(token: str, page: str, channel: Any) -> None:
    answer = Reader(token=token).read(page, id=NOBODY, userId=NOBODY, email="guest@example.com")
    assert answer.status_code == 401
    assert "signed out" in answer.content.decode()


def test_a_form_without_a_token_that_counts_is_sent_again_after_signing_in(programme_on: Any, customer: Any) -> None:
    earned(customer, "7")
    named = user_id(customer)
    for page, who in (("erase", {"userId": named}), ("erase-guest", {"email": customer.email})):
        query = f"?{urlencode(who)}"
        assert Reader(token="no-token").send(f"customers/{page}", "Erase", query, **who).status_code == 401
    assert Entry.objects.exists()


def test_a_cookie_is_no_token(customer: Any, channel: Any) -> None:
    client = Client()
    client.cookies["JWT"] = hosts.as_user(manager()).headers["HTTP_AUTHORIZATION"].split()[1]
    assert client.get(PREFIX + "customers", HTTP_DESK="fragment").status_code == 401
    assert client.get(PREFIX + "customers", HTTP_DESK="fragment", HTTP_AUTHORIZATION="JWT x").status_code == 401


def test_who_lacks_the_permission_is_told_which(customer: Any, channel: Any) -> None:
    for reader in (Reader(customer), Reader(hosts.customer("clerk@example.com", staff=True))):
        answer = reader.read("customers")
        assert answer.status_code == 403
        assert "You have no permission for this page" in answer.content.decode()
        assert "Manage customers" in answer.content.decode()


def test_what_a_part_of_a_page_needs_takes_nothing_else_away(programme_on: Any, customer: Any) -> None:
    earned(customer, "7")
    answer = Reader(manager("account.manage_users")).read("customers/account", id=user_id(customer))
    assert answer.status_code == 200
    assert "Some of this page is not shown" in answer.content.decode()
    assert "<strong>7</strong>" in answer.content.decode()
    assert "could not be made" not in answer.content.decode()


def test_what_fails_on_a_page_is_not_called_a_want_of_permission(
    programme_on: Any, customer: Any, monkeypatch: Any
) -> None:
    earned(customer, "7")
    monkeypatch.setattr(queries, "of_person", lambda person: 1 / 0)
    text = Reader(manager()).read("customers/account", id=user_id(customer)).content.decode()
    assert ("not shown" in text, "Some of this page could not be made. Try again later." in text) == (False, True)
    assert "<strong>7</strong>" in text


def test_who_is_to_be_erased_is_named(programme_on: Any, customer: Any) -> None:
    boss = Reader(manager())
    assert f"<bdi>{customer.email}</bdi>" in boss.read("customers/erase", userId=user_id(customer)).content.decode()
    assert "There is no such customer" in boss.read("customers/erase", userId=NOBODY).content.decode()
    guest = boss.read("customers/erase-guest", email="guest@example.com").content.decode()
    assert "<bdi>guest@example.com</bdi>" in guest


def test_what_stands_in_an_address_besides_is_kept_from_page_to_page(channel: Any) -> None:
    """A Dashboard adds parameters of its own, by whatever names."""
    for number in range(21):
        hosts.customer(f"one-{number}@example.com")
    text = Reader(manager()).read("customers", path="1", context="2").content.decode()
    assert "?path=1&amp;context=2&amp;after=" in text


def test_a_page_that_is_none_says_so(channel: Any) -> None:
    answer = Reader(manager()).read("nothing")
    assert (answer.status_code, "There is no such page" in answer.content.decode()) == (404, True)


def test_a_form_becomes_a_mutation_and_shows_what_is_so_now(programme_on: Any, customer: Any) -> None:
    boss = manager()
    answer = Reader(boss).send(
        "customers/account",
        "Adjust",
        f"?id={user_id(customer)}",
        input__userId=user_id(customer),
        input__points="-3",
        input__reason="A mistake",
        input__intoDebt=["false", "true"],
        input__idempotencyKey="one",
        input__channel="",
    )
    assert answer.status_code == 200
    assert "Done." in answer.content.decode()
    assert "A mistake" in answer.content.decode()
    (entry,) = Entry.objects.all()
    assert (entry.points, entry.reason, entry.actor) == (-3, "A mistake", f"user:{boss.pk}")


@pytest.mark.parametrize(
    ("points", "reason", "said", "at"),
    [
        ("many", "Sorry", "can&#x27;t be read|can&#39;t be read", "input.points"),
        ("", "Sorry", "Fill this in.", "input.points"),
        ("1.5", "Sorry", "Enter a whole number.", "input.points"),
        ("5", "  ", "Fill this in.", "input.reason"),
    ],
)
def test_what_is_wrong_stands_at_its_field_with_what_was_typed(
    points: str, reason: str, said: str, at: str, programme_on: Any, customer: Any
) -> None:
    fields = {"input__userId": user_id(customer), "input__points": points, "input__reason": reason}
    query = f"?id={user_id(customer)}"
    answer = Reader(manager()).send("customers/account", "Adjust", query, input__idempotencyKey="one", **fields)
    text = answer.content.decode()
    assert answer.status_code == 422
    wrong = [part.split(">")[0] for part in text.split("<input ")[1:] if 'aria-invalid="true"' in part.split(">")[0]]
    assert [part.split('name="')[1].split('"')[0] for part in wrong] == [at]
    assert any(one in text for one in said.split("|"))
    assert f'name="input.points" type="text" inputmode="decimal" autocomplete="off" value="{points}"' in text
    assert 'name="input.idempotencyKey" value="one"' in text
    assert not Entry.objects.exists()


def test_a_form_that_is_none_of_the_page_does_nothing(programme_on: Any, customer: Any) -> None:
    answer = Reader(manager()).send("customers", "Adjust", input__points="5")
    assert (answer.status_code, Entry.objects.exists()) == (422, False)


def test_what_people_wrote_comes_as_text(programme_on: Any, customer: Any) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    fields = {"input__userId": user_id(customer), "input__points": "1", "input__reason": hostile}
    query = f"?id={user_id(customer)}"
    answer = Reader(manager()).send("customers/account", "Adjust", query, input__idempotencyKey="one", **fields)
    assert "<img" not in answer.content.decode()
    assert "&lt;img src=x" in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_page_takes_at_most_three_statements_more_than_its_graphql(
    language: str, programme_on: Any, customer: Any, settings: Any
) -> None:
    earned(customer, "7")
    boss = manager()
    query = documents.document("customers_account").query
    assert query is not None
    client = hosts.as_user(boss)
    client(query.text, id=user_id(customer))
    Reader(boss, language).read("customers/account", id=user_id(customer))
    with CaptureQueriesContext(connection) as bare:
        client.data(query.text, id=user_id(customer))
    with CaptureQueriesContext(connection) as reached:
        Reader(boss, language).read("nothing")  # what the host itself asks before it gives a request to a plugin
    with CaptureQueriesContext(connection) as page:
        assert Reader(boss, language).read("customers/account", id=user_id(customer)).status_code == 200
    assert len(page) - len(reached) <= len(bare) + 3
    assert len(reached) <= 4


@pytest.mark.parametrize("page", ["start", "rules", "rewards", "campaigns", "tiers", "answers", "messages", "rights"])
def test_no_page_takes_more_than_three_statements_beside_its_graphql(page: str, programme_on: Any) -> None:
    boss, query = manager(), documents.document(page).query
    assert query is not None
    client, given = hosts.as_user(boss), {"channel": programme_on.slug} if query.needs_channel else {}
    client(query.text, **given)
    Reader(boss).read(page)
    with CaptureQueriesContext(connection) as bare:
        client.data(query.text, **given)
    with CaptureQueriesContext(connection) as reached:
        Reader(boss).read("nothing")
    with CaptureQueriesContext(connection) as whole:
        assert Reader(boss).read(page).status_code == 200
    assert len(whole) - len(reached) <= len(bare) + 3


def test_signing_in_by_the_hosts_own_mutation(channel: Any) -> None:
    manager()
    answer = Client().post(PREFIX + "session", {"email": "manager@example.com", "password": "password"})
    assert answer.status_code == 200
    assert Reader(token=answer.json()["token"]).read("customers").status_code == 200
    wrong = Client().post(PREFIX + "session", {"email": "manager@example.com", "password": "wrong"})
    assert (wrong.status_code, sorted(wrong.json())) == (401, ["message"])
    assert wrong.json()["message"]


def test_a_token_is_renewed_where_the_host_renews_tokens(channel: Any) -> None:
    manager()
    session = Client().post(PREFIX + "session", {"email": "manager@example.com", "password": "password"}).json()
    renewed = Client().post(PREFIX + "session", {"refresh": session["refresh"]})
    if host.REFRESH:
        assert Reader(token=renewed.json()["token"]).read("customers").status_code == 200
    assert (renewed.status_code == 200) == bool(host.REFRESH)
    assert Client().post(PREFIX + "session", {"refresh": "x"}).status_code == 401
