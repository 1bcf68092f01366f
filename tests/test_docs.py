"""The documents say what is so: GraphQL blocks are valid and play out as written, tables and links are complete."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Callable, NamedTuple

import graphene
import pytest
from graphql import parse, validate

from saleor_reciprocity import errors, host, settings, settlement
from saleor_reciprocity.graphql import schema
from saleor_reciprocity.graphql.mutations import LoyaltyErrorCode
from saleor_reciprocity.points.models import Kind

from . import hosts
from .recommendations import model

ROOT = Path(__file__).resolve().parent.parent
GUIDES = [ROOT / "docs" / f"guide-{reader}.md" for reader in ("admin", "storefront", "operator")]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
HOST = "saleor-3" if hosts.MULTI_CHANNEL else "saleor-2"

FENCED = re.compile(r"^```(\w*) *(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)(?:#([^)]+))?\)|\]\(#([^)]+)\)")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


class Block(NamedTuple):
    """A fenced block of a document: its language, a host that it is for ("" for all), and its text."""

    language: str
    host: str
    text: str


def blocks(path: Path) -> list[Block]:
    return [Block(*found) for found in FENCED.findall(path.read_text())]


def steps() -> list[tuple[str, str, Any]]:
    """The guides' operations for this host, by name, each with the answer that the guide shows after it, or None."""
    found = [block for guide in GUIDES for block in blocks(guide) if block.host in ("", HOST)]
    following = [*found[1:], Block("", "", "")]
    return [
        (block.text.split("(")[0].split()[1], block.text, json.loads(after.text) if after.language == "json" else None)
        for block, after in zip(found, following)
        if block.language == "graphql"
    ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_graphql_block_is_valid(path: Path) -> None:
    for block in blocks(path):
        if block.language == "graphql" and block.host in ("", HOST):
            assert validate(host.loaded_schema(), parse(block.text)) == [], block.text


@pytest.fixture
def shop(channel: host.Channel, customer: Any) -> dict[str, Any]:
    """The shop of the guides: Ada has bought for 120, which was shipped, and for 30, which was not."""
    hosts.configure(channel, active=True)
    for price, shipped in (("120", True), ("30", False)):
        order = hosts.order(customer, [(price, 1)])
        if shipped:
            hosts.ship(order)
        settlement.settle(host.order_id(order))
    tea, milk = (hosts.product(name, channel) for name in ("Tea", "Milk"))
    model.list_of(customer, "new", [milk], "together", because=tea)
    staff = hosts.customer("staff@example.com", staff=True)
    rights = ("account.manage_users", "discount.manage_discounts", "plugins.manage_plugins")
    hosts.give_rights(staff.user_permissions, *rights)
    return {"staff": hosts.as_user(staff), "ada": hosts.as_user(customer), "channel": channel}


# Who sends the guides' operations, and the variables, which may need what was seen before. Those that are missing are
# Saleor's own and only validated.
PLAYED: dict[str, tuple[str, Callable[[host.Channel, dict[str, Any]], dict[str, Any]]]] = {
    "SetProgramme": ("staff", lambda channel, seen: {"channelId": graphene.Node.to_global_id("Channel", channel.id)}),
    "TryRule": ("staff", lambda channel, seen: {"channel": channel.slug}),
    "MakeRule": ("staff", lambda channel, seen: {"channel": channel.slug}),
    "ChangeRule": ("staff", lambda channel, seen: {"id": seen["MakeRule"]["loyaltyRuleCreate"]["rule"]["id"]}),
    "EndRule": ("staff", lambda channel, seen: {"id": seen["MakeRule"]["loyaltyRuleCreate"]["rule"]["id"]}),
    "SetTiers": ("staff", lambda channel, seen: {}),
    "MyTier": ("ada", lambda channel, seen: {"channel": channel.slug}),
    "CreateReward": ("staff", lambda channel, seen: {"channel": channel.slug}),
    "RetireReward": (
        "staff",
        lambda channel, seen: {"id": seen["CreateReward"]["loyaltyRewardCreate"]["reward"]["id"]},
    ),
    "CreateSlider": ("staff", lambda channel, seen: {"channel": channel.slug}),
    "EndReward": (
        "staff",
        lambda channel, seen: {"id": seen["CreateSlider"]["loyaltyRewardCreate"]["reward"]["id"]},
    ),
    "MyRights": ("staff", lambda channel, seen: {}),
    "PointsOf": ("staff", lambda channel, seen: {}),
    "Report": ("staff", lambda channel, seen: {"channel": channel.slug}),
    "Rewards": ("ada", lambda channel, seen: {"channel": channel.slug}),
    "MyPoints": ("ada", lambda channel, seen: {}),
    "MyOrders": ("ada", lambda channel, seen: {}),
    "Redeem": ("ada", lambda channel, seen: redemption_of(seen, "6f1c0e")),
    "RedeemAgain": ("ada", lambda channel, seen: redemption_of(seen, "9ab2d4")),
    "Recommended": ("ada", lambda channel, seen: {"channel": channel.slug}),
    "SayWhatYouLike": (
        "ada",
        lambda channel, seen: {
            "input": {"notInterested": [seen["Recommended"]["recommendations"]["edges"][0]["node"]["product"]["id"]]}
        },
    ),
    "GiveBack": ("ada", lambda channel, seen: {"id": seen["Redeem"]["pointsRedeem"]["redemption"]["id"]}),
}


def redemption_of(seen: dict[str, Any], key: str) -> dict[str, Any]:
    reward = seen["Rewards"]["loyaltyRewards"]["edges"][0]["node"]["id"]
    return {"input": {"rewardId": reward, "idempotencyKey": key}}


def test_the_guides_play_out_as_written(shop: dict[str, Any]) -> None:
    seen: dict[str, Any] = {}
    for name, query, shown in steps():
        if name in PLAYED:
            who, variables = PLAYED[name]
            seen[name] = shop[who].data(query, **variables(shop["channel"], seen))
            assert shown is None or alike(seen[name], shown), f"{name}: {json.dumps(seen[name], indent=2)}"
        else:
            assert shown is None, f"{name} shows an answer that nothing checks"
    assert set(seen) == set(PLAYED)


def alike(real: Any, shown: Any) -> bool:
    """Whether an answer is what the guide shows, where "…" stands for any text."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and set(real) == set(shown) and all(alike(real[key], shown[key]) for key in shown)
    if isinstance(shown, list):
        return len(real) == len(shown) and all(map(alike, real, shown))
    return bool(shown == real or (shown == "…" and isinstance(real, str)))


def test_the_guides_name_every_field_that_the_plugin_adds() -> None:
    used = {name for _, query, _ in steps() for name in re.findall(r"\w+", query)}
    added = {
        field.name.value
        for definition in parse(schema.sdl().replace("extend type", "type")).definitions
        if definition.name.value in ("Query", "Mutation", "User", "Order", "Checkout")
        for field in definition.fields
    }
    assert not added - used


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading of a guide, without the backquotes."""
    everything = "".join(guide.read_text() for guide in GUIDES)
    section = everything.split(f"\n{heading}\n", 1)[1]
    lines = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert lines is not None
    cells = [[cell.strip().strip("`") for cell in line.strip("|\n").split("|")] for line in lines[0].splitlines()]
    return cells[2:]


def test_a_guide_lists_every_setting_with_its_default() -> None:
    rows = [(label, default) for label, default, _ in table("## Settings")]
    shown = {"True": "on", "False": "off"}
    fields = (*settings.FIELDS, *settings.SECRETS)
    assert rows == [(str(field.label), shown.get(field.default, field.default)) for field in fields]


def test_a_guide_lists_every_error() -> None:
    assert {row[0] for row in table("## When it is refused")} == set(LoyaltyErrorCode._meta.enum.__members__)
    assert {case.code for case in errors.ReciprocityError.__subclasses__()} <= {
        row[0] for row in table("## When it is refused")
    }


def test_a_guide_lists_every_kind_of_entry() -> None:
    assert {row[0] for row in table("## What changed the points")} == set(Kind.names)


def test_a_guide_lists_every_system_check() -> None:
    checks = (ROOT / "saleor_reciprocity" / "checks.py").read_text()
    assert [row[0] for row in table("## System check")] == sorted(set(re.findall(r"reciprocity\.[EW]\d+", checks)))


def test_a_guide_lists_every_command() -> None:
    commands = {path.stem for path in (ROOT / "saleor_reciprocity/management/commands").glob("reciprocity_*.py")}
    assert {row[0].split()[0].strip("`") for row in table("## Commands")} == commands


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target, part, here in LINK.findall(path.read_text()):
        document = path if here else (path.parent / target)
        assert document.exists(), f"{target} in {path.name}"
        if part or here:
            assert (part or here) in anchors(document), f"{target}#{part or here} in {path.name}"


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_test_that_is_named_exists(path: Path) -> None:
    for file, name in TEST.findall(path.read_text()):
        assert re.search(rf"^def {name}\(", (ROOT / file).read_text(), re.MULTILINE), f"{file}::{name}"


def test_every_edge_case_has_a_test() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*)$", (ROOT / "docs" / "edge-cases.md").read_text(), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 106))
    assert [number for number, text in rows if not TEST.search(text)] == []
