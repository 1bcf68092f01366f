"""One address in many spellings is one person: one definition, the same in Python and in SQL, indexed."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Iterator

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import saleor_reciprocity
from saleor_reciprocity import backfill, erasure, host, identity, settlement
from saleor_reciprocity.addresses import SQL_FUNCTION, normalised
from saleor_reciprocity.host.facts import Person
from saleor_reciprocity.points.models import Account

from . import hosts

NOON = datetime(2026, 11, 1, 12, tzinfo=timezone.utc)

SPELLINGS = [
    ("Ada@Example.COM", "ada@example.com"),
    (" \tada@example.com\r\n", "ada@example.com"),
    ("\x0bvera@example.com\x0b", "vera@example.com"),  # a tabulator that PostgreSQL has no escape for before 16
    ("Àdà@example.com", "àdà@example.com"),
    ("a\u0300da\u0301@example.com", "àdá@example.com"),  # letter and accent apart
    ("J\u030c@example.com", "ǰ@example.com"),  # only the small letter has a form in one piece
    ("ａｄａ@ｅｘａｍｐｌｅ．ｃｏｍ", "ada@example.com"),
    ("ada@example。com", "ada@example.com"),
    ("ada@exam\u00adple.com", "ada@example.com"),  # a soft hyphen, which nobody sees
    ("\u212aate@example.com", "kate@example.com"),  # the sign of Kelvin
    ("𝐀da@ⓔxample.com", "ada@example.com"),
    ("ÆØÅ@ΑΒΓ.com", "æøå@αβγ.com"),
    ("STRAẞE@example.com", "straße@example.com"),
    ("", ""),
]
OTHERS = [
    ("straße@example.com", "strasse@example.com"),
    ("ada@straße.example", "ada@strasse.example"),
    ("ada+1@example.com", "ada@example.com"),
    ("a.da@example.com", "ada@example.com"),
    ("ıda@example.com", "ida@example.com"),
    ("İda@example.com", "ida@example.com"),
    ("οδός@example.com", "οδόσ@example.com"),
    ("àda@example.com", "ada@example.com"),
]


def in_sql(texts: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reciprocity_address(t) FROM unnest(%s::text[]) WITH ORDINALITY u (t, n) ORDER BY n", [texts]
        )
        return [text for (text,) in cursor.fetchall()]


@pytest.mark.parametrize(("spelling", "address"), SPELLINGS)
def test_what_is_the_same_address(spelling: str, address: str, db: Any) -> None:
    assert normalised(spelling) == normalised(address) == address
    assert in_sql([spelling, address]) == [address, address]


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_what_is_another_address(one: str, other: str, db: Any) -> None:
    assert normalised(one) != normalised(other)
    assert in_sql([one]) != in_sql([other])
    assert identity.email_hash(one) != identity.email_hash(other)


def characters() -> Iterator[str]:
    return (chr(code) for code in range(1, 0x110000) if not 0xD800 <= code <= 0xDFFF)


def test_every_character_means_the_same_in_python_and_in_sql(db: Any) -> None:
    """In threes between letters, as a mark may change places with its neighbours; and in the address once more."""
    every = list(characters())
    texts = ["q".join(every[place : place + 64]) for place in range(0, len(every), 64)]
    alone = {text for text in texts if any(normalised(f"q{one}") != f"q{one}" for one in text)}
    for text in alone:
        texts += text.split("q")
    for place in range(0, len(texts), 5000):
        batch = texts[place : place + 5000]
        assert in_sql(batch) == [normalised(text) for text in batch]


@settings(max_examples=1000, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(st.characters(min_codepoint=1, blacklist_categories=("Cs",)), max_size=12), max_size=20))
def test_any_text_means_the_same_in_python_and_in_sql(db: Any, texts: list[str]) -> None:
    assert in_sql(texts) == [normalised(text) for text in texts]
    assert [normalised(normalised(text)) for text in texts] == [normalised(text) for text in texts]


def test_the_function_in_the_database_is_the_one_of_this_version(db: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc, provolatile, proparallel FROM pg_proc WHERE proname = 'reciprocity_address'")
        ((body, *kind),) = cursor.fetchall()
    assert body == SQL_FUNCTION.split("$$")[1]
    assert kind == ["i", "s"]


# Whatever else changes the case of letters, by file: none of it is about an address.
NO_ADDRESSES = {
    "addresses.py": 1,  # the definition: plain letters in SQL
    "clock.py": 2,  # names of time zones
    "desk/setting_forms.py": 1,  # a switch that is on
    "desk/tags.py": 1,  # a box that is ticked
    "graphql/named.py": 2,  # kinds of what is named
    "graphql/rights.py": 1,  # names of mutations
    "host/shared/catalogue.py": 1,  # a search for names of products, categories and collections
    "host/shared/people.py": 1,  # a search for names of groups
    "identity.py": 1,  # a postal address
    "inputs.py": 1,  # what was chosen on the plugin's page
    "languages.py": 2,  # codes of languages
    "links.py": 1,  # signatures
    "mail/answers.py": 1,  # what a mail server said
    "points/earning/rulebook.py": 2,  # a search for names of rules, and kinds of what a condition names
    "rewards/uploads.py": 1,  # the heading of a list of codes
    "readers.py": 5,  # what was chosen on the plugin's page
}


def test_nothing_else_in_the_package_compares_addresses_by_letter_case() -> None:
    package = Path(saleor_reciprocity.__file__).parent
    found = {}
    for path in package.rglob("*.py"):
        text = path.read_text()
        number = len(re.findall(r"\b(?:lower|casefold|swapcase|Lower)\(|__i(?:exact|regex|contains)=|ILIKE", text))
        if number:
            found[str(path.relative_to(package))] = number
        assert not re.search(r"\bemail(?:__\w+=|\s*=\s*(?:person\.|o\.email|n\.user_email))", text), path
    assert found == NO_ADDRESSES


def guest(email: str) -> Person:
    return Person(None, email, confirmed=False)


def test_orders_are_found_by_the_address_in_any_spelling(channel: Any) -> None:
    spellings = ["ada@example.com", "Ada@Example.com", "ADA@EXAMPLE.COM", "aDa@example.com"]
    orders = [hosts.order(spelling, [("20", 1)], placed_at=NOON) for spelling in spellings]
    hosts.order("straße@example.com", [("20", 1)], placed_at=NOON)
    hosts.order("strasse@example.com", [("20", 1)], placed_at=NOON)
    later = NOON + timedelta(days=1)
    for spelling in ("ada@example.com", "AdA@example.com"):
        assert set(host.orders_of(guest(spelling))) == set(orders)
        assert host.earlier_orders(guest(spelling), later, 100) == 4
    assert host.earlier_orders(guest("straße@example.com"), later, 100) == 1
    assert host.earlier_orders(guest("strasse@example.com"), later, 100) == 1


def test_an_order_without_an_address_is_nobodys(channel: Any) -> None:
    for _number in range(2):
        hosts.order("", [("20", 1)], placed_at=NOON)
    assert host.earlier_orders(guest(""), NOON + timedelta(days=1), 100) == 0
    assert not host.orders_of(guest("")).exists()


def test_users_are_found_by_the_address_in_any_spelling(db: Any) -> None:
    users = {hosts.customer(email).pk for email in ("ada@example.com", "Ada@Example.com", "aDa@example.com")}
    hosts.customer("strasse@example.com")
    assert set(host.users_at("ADA@example.com")) == users
    assert host.users_at("straße@example.com") == []


def test_an_erasure_takes_in_the_orders_of_every_spelling(programme_on: Any) -> None:
    """And a backfill does not bring the person back."""
    orders = [hosts.order(email, [("20", 1)], placed_at=NOON) for email in ("aDa@example.com", "ADA@Example.com")]
    assert erasure.erase(guest("ada@example.com"), datetime.now(timezone.utc)) == 2
    ids = [host.order_id(order) for order in orders]
    assert backfill.past_orders(programme_on, NOON - timedelta(days=1), NOON + timedelta(days=1)) == []
    for order_id in ids:
        settlement.settle(order_id)
    assert not Account.objects.exists()


def fill(table: str, rows: int, **changes: str) -> None:
    """Copy the only row of a table many times over, with other columns by SQL expressions of the number `n`."""
    columns = ", ".join(f"'{name}', {expression}" for name, expression in changes.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} SELECT (jsonb_populate_record(r, jsonb_build_object({columns}))).*"  # noqa: S608
            f" FROM {table} r, generate_series(1, {rows}) n WHERE r.ctid = (SELECT min(ctid) FROM {table})"
        )
        cursor.execute(f"ANALYZE {table}")


@pytest.fixture
def large_shop(channel: Any) -> None:
    """20,000 orders of guests, which nobody has counted for the planner's statistics of the index's expression."""
    row = hosts.order("somebody@example.com", [("20", 1)], placed_at=NOON)
    changes = {"user_email": "format('guest%s@example.com', n)"}
    if hasattr(row, "token"):
        fill("order_order", 20_000, id=f"{row.pk} + n", token="gen_random_uuid()", **changes)
    else:
        fill("order_order", 20_000, id="gen_random_uuid()", number=f"{row.number} + n", **changes)


def scans(sql: str, params: Any) -> list[tuple[str, str]]:
    """Which tables of orders and users a statement reads, and how."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    found: list[tuple[str, str]] = []

    def walk(node: dict[str, Any]) -> None:
        if node.get("Relation Name") in ("order_order", "account_user"):
            found.append((node["Relation Name"], node["Node Type"]))
        for part in node.get("Plans", ()):
            walk(part)

    walk((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    return found


def test_no_look_up_by_person_reads_all_orders_or_users(large_shop: Any, customer: Any) -> None:
    """A new customer's, whom no order and no early end helps."""
    fill("account_user", 20_000, id=f"{customer.pk} + n", email="format('user%s@example.com', n)", **uuid(customer))
    person = host.person(customer)
    statements: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        for who in (person, guest("new@example.com")):
            assert host.earlier_orders(who, NOON + timedelta(days=1), 1) == 0
            assert host.earlier_orders(who, NOON + timedelta(days=1), 1_000_000) == 0
            assert list(host.orders_of(who)) == []
        assert host.users_at("new@example.com") == []
    assert len(statements) == 7
    for sql, params in statements:
        read = scans(sql, params)
        assert read, sql
        assert "Seq Scan" not in {how for _table, how in read}, (sql, read)


def uuid(user: Any) -> dict[str, str]:
    return {"uuid": "gen_random_uuid()"} if hasattr(user, "uuid") else {}
