"""The element <saleor-reciprocity> in a real browser, on a page of another site, with data that the page hands in."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any, Iterator

import pytest
from django.test import RequestFactory
from graphql import parse, print_ast

from saleor_reciprocity import pages, storefront

from .. import hosts
from .. import storefront_documents as ready
from . import chromium
from .chromium import Browser

SOURCE = Path(storefront.__file__).parent / storefront.ELEMENT
PAGE = "https://shop.example/account"
PARTS = ["balance", "history", "rewards", "codes", "surprise", "checkout", "recommendations", "preferences", "tier"]


def connection(*nodes: Any, **more: Any) -> dict[str, Any]:
    return {"edges": [{"node": node} for node in nodes], **more}


def account(**fields: Any) -> dict[str, Any]:
    return {"me": {"id": "VXNlcjox", "loyalty": fields}}


FIVE = {"amount": 5.0, "currency": "USD"}
WHERE = {"channel": None, "language": "en"}  # what an element asks the name of points for
VOUCHER = {"id": "r1", "kind": "VOUCHER", "name": "5 USD", "points": 100.0, "value": FIVE, "leastPoints": None}
VOUCHER.update(mostPoints=None, left=3, tier="", endsAt=None)
SLIDER = {
    **VOUCHER,
    "id": "r2",
    "name": "As much as you like",
    "leastPoints": 100.0,
    "mostPoints": 1000.0,
    "left": None,
}
DEAR = {**VOUCHER, "id": "r3", "name": "A whole tea set", "points": 5000.0, "left": None}
CODE = {"id": "c1", "code": "SZE4XK4RSGRK", "kind": "VOUCHER", "name": "5 USD", "points": 100.0, "value": FIVE}
CODE.update(state="UNUSED", createdAt="2026-01-05T10:00:00Z", expiresAt="2026-12-24T10:00:00Z")
DATA: dict[str, Any] = {
    "balance": account(
        available=1236.0, pending=40.0, debt=0.0, nextReward={"missing": 64.0, "reward": {**VOUCHER, "points": 1300.0}}
    ),
    "history": {
        "me": {
            "id": "VXNlcjox",
            "loyalty": {
                "entries": connection(
                    {
                        "id": "e2",
                        "kind": "REDEMPTION",
                        "points": -100.0,
                        "pending": 0.0,
                        "balance": 136.0,
                        "reason": "5 USD",
                        "happenedAt": "2026-01-05T10:00:00Z",
                    },
                    {
                        "id": "e1",
                        "kind": "PENDING",
                        "points": 0.0,
                        "pending": 236.0,
                        "balance": 0.0,
                        "reason": "Order 21",
                        "happenedAt": "2026-01-02T10:00:00Z",
                    },
                    totalCount=3,
                    pageInfo={"hasNextPage": True, "endCursor": "x"},
                )
            },
            "orders": connection(
                {
                    "id": "o1",
                    "number": "21",
                    "loyalty": {
                        "verdict": "EARNS",
                        "pending": 0.0,
                        "earned": 236.0,
                        "maturesAt": None,
                        "why": ["118.00 USD for goods, 2 points per unit"],
                    },
                }
            ),
        }
    },
    "rewards": {"loyaltyRewards": connection(VOUCHER, SLIDER, DEAR), **account(available=236.0)},
    "codes": account(redemptions=connection(CODE, {**CODE, "id": "c2", "state": "USED"})),
    "surprise": account(
        surprises=connection(
            {
                "kind": "VOUCHER",
                "name": "3 USD",
                "value": FIVE,
                "points": None,
                "code": "WQQ58ZP9Y6GK",
                "reason": "Thank you for coming back.",
                "expiresAt": "2026-12-24T10:00:00Z",
                "state": "ISSUED",
            }
        )
    ),
    "checkout": {
        "checkout": {
            "id": "k1",
            "loyalty": {"points": 80.0, "redeemable": [VOUCHER], "nextReward": {"missing": 64.0, "reward": DEAR}},
        },
        **account(available=236.0),
    },
    "recommendations": {
        "recommendations": connection(
            {
                "product": {
                    "id": "p1",
                    "name": "Milk",
                    "slug": "milk",
                    "thumbnail": None,
                    "pricing": {"priceRange": {"start": {"gross": {"amount": 2.5, "currency": "USD"}}}},
                },
                "reason": {"code": "TOGETHER", "text": "People who bought “Tea” also bought this."},
            }
        )
    },
    "preferences": account(
        communicationPreferences=[
            {"kind": kind, "wanted": wanted, "chosenAt": None}
            for kind, wanted in (("SURVEY", True), ("SURPRISE", False), ("REDEMPTION", None), ("EXPIRY", None))
        ],
        preferences=[{"kind": "CATEGORY", "objectId": "t1", "liked": True}],
    ),
    "tier": {
        "loyaltyTiers": {
            "windowDays": 365,
            "tiers": [
                {"code": "silver", "name": "Silver", "threshold": 100.0, "multiplier": 1.0},
                {"code": "gold", "name": "Gold", "threshold": 500.0, "multiplier": 1.5},
            ],
        },
        **account(
            tier={
                "current": {"code": "silver", "name": "Silver", "threshold": 100.0, "multiplier": 1.0},
                "points": 120.0,
                "next": {"code": "gold", "name": "Gold", "threshold": 500.0, "multiplier": 1.5},
                "pointsToNext": 380.0,
                "fallsAt": None,
            }
        ),
    },
}
EMPTY: dict[str, Any] = {
    "history": {"me": {"loyalty": {"entries": connection(pageInfo={"hasNextPage": False})}, "orders": connection()}},
    "rewards": {"loyaltyRewards": connection(), "me": None},
    "codes": account(redemptions=connection()),
    "surprise": account(surprises=connection()),
    "checkout": {"checkout": None, "me": None},
    "recommendations": {"recommendations": connection()},
    "tier": {"loyaltyTiers": None, **account(tier=None)},
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.started() as browser:
        yield browser


SHOP = "https://api.example/plugins/saleor_reciprocity/storefront/"
FRAME = """<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8"><title>Shop</title>
<link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px system-ui; margin: 1rem }}
saleor-reciprocity {{ margin-block: 2rem }}
@media (prefers-color-scheme: dark) {{ body {{ background: #111; color: #eee }} }}
saleor-reciprocity[show=tier] {{ --accent: #7a1f5f; --reciprocity-accent: var(--accent) }}
saleor-reciprocity::part(title) {{ text-transform: uppercase }}
</style>
<script type="module" src="{source}" integrity="{integrity}" crossorigin></script>
<body><main><h1>Account</h1>{body}</main></body></html>"""


def served(route: Any) -> None:
    """What the plugin answers at its address, with its headers."""
    response = pages.secured(storefront.file(RequestFactory().get("/"), route.request.url[len(SHOP) :]))
    route.fulfill(body=response.content, headers=dict(response.items()))


@pytest.fixture
def load(browser: Browser) -> Iterator[Any]:
    """Opens a page of another site that loads the element from the shop, by its address and hash."""
    contexts = []

    def load(body: str, language: str = "en", direction: str = "ltr", size: str = "phone", **options: Any) -> Any:
        source, integrity = SHOP + storefront.ELEMENT, storefront.integrity(SOURCE.read_bytes())
        html = FRAME.format(language=language, direction=direction, source=source, integrity=integrity, body=body)
        options.setdefault("permissions", ["clipboard-read", "clipboard-write"])
        context = browser.chromium.new_context(viewport=chromium.SIZES[size], locale=language, **options)
        contexts.append(context)
        context.route("https://shop.example/**", lambda route: route.fulfill(body=html, content_type="text/html"))
        context.route(f"{SHOP}**", served)
        page = context.new_page()
        browser.trouble.clear()
        page.on("console", lambda line: browser.trouble.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: browser.trouble.append(str(error)))
        page.goto(PAGE)
        page.evaluate("customElements.whenDefined('saleor-reciprocity').then(() => true)")
        return page

    yield load
    for context in contexts:
        context.close()


def element(part: str, **attributes: str) -> str:
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<saleor-reciprocity id="{part}" show="{part}"{more}></saleor-reciprocity>'


def hand(page: Any, part: str, data: Any) -> None:
    page.evaluate("([id, data]) => { document.getElementById(id).data = data }", [part, data])


def answering(page: Any, part: str, answers: dict[str, list[Any]]) -> None:
    """Give an element a query that answers each operation in turn, and keeps what it was asked; "!" cuts the wire."""
    page.evaluate(
        """([id, answers]) => {
            window.asked = []
            document.getElementById(id).query = async (text, variables) => {
                const name = /^\\w+ (\\w+)/.exec(text)[1]
                window.asked.push([name, variables])
                const answer = answers[name].length > 1 ? answers[name].shift() : answers[name][0]
                if (answer === "!") throw new TypeError("Failed to fetch")
                return answer
            }
        }""",
        [part, answers],
    )


def test_all_parts_together_are_at_most_fifteen_kilobytes() -> None:
    assert len(gzip.compress(SOURCE.read_bytes(), 9)) <= 15_000


def test_a_version_that_was_released_never_changes() -> None:
    """Storefronts name its hash. Nothing was released yet; each release adds its line here."""
    released: dict[str, str] = {}
    shipped = {name: storefront.integrity(path.read_bytes()) for name, path in storefront.files().items()}
    assert {name: shipped.get(name) for name in released} == released


def test_the_guide_loads_the_element_by_its_address_and_hash() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "elements.md").read_text()
    tag = f'src="https://YOUR-SALEOR/plugins/saleor_reciprocity/storefront/{storefront.ELEMENT}"'
    assert tag in guide
    assert f'integrity="{storefront.integrity(SOURCE.read_bytes())}"' in guide


def test_the_operations_of_the_element_are_the_documents(load: Any) -> None:
    texts = load("").evaluate(
        "import(document.querySelector('script').src).then(module => module.documents)",
    )
    other = texts.pop("MyLoyaltyAtCheckout2")
    if not hosts.MULTI_CHANNEL:
        texts["MyLoyaltyAtCheckout"] = other

    def parts(text: str) -> list[str]:
        return sorted(print_ast(definition) for definition in parse(text).definitions)

    assert {name: parts(text) for name, text in texts.items()} == {
        name: parts(ready.whole(name)) for name in ready.OPERATIONS
    }


def test_both_languages_say_everything(load: Any) -> None:
    texts = load("").evaluate("import(document.querySelector('script').src).then(module => module.texts)")
    assert set(texts["en"]) == set(texts["zh"])
    for key, text in texts["en"].items():
        english, chinese = ({*map(str, _names(each))} for each in (text, texts["zh"][key]))
        assert english == chinese, key


def _names(text: str) -> list[str]:
    return [part.split("}")[0] for part in text.split("{")[1:]]


TICKET = {
    **VOUCHER,
    "id": "r4",
    "kind": "SERVICE",
    "name": "Ticket",
    "points": 30.0,
    "text": "Friday, seven.\nAt the door.",
}
BOUGHT = {**CODE, "kind": "SERVICE", "name": "Ticket", "text": "At the door.", "expiresAt": None, "closeReason": None}


@pytest.mark.parametrize(("language", "size"), [("en", "phone"), ("zh-Hans", "desktop")])
def test_services_say_what_they_are_and_what_became_of_them(
    load: Any, browser: Browser, language: str, size: str
) -> None:
    page = load(element("rewards") + element("codes"), language, size=size)
    offered = connection(TICKET, {**TICKET, "id": "r5", "name": "Wrapping", "left": 0})
    hand(page, "rewards", {"loyaltyRewards": offered, **account(available=236.0)})
    states = ({"id": "c1", "state": "OPEN", "code": "SEAT-1"}, {"id": "c2", "state": "DONE", "code": None})
    undone = {"id": "c3", "state": "CANCELLED", "code": "SEAT-2", "closeReason": "No seat left."}
    rows = [{**BOUGHT, **state} for state in (*states, undone)]
    hand(page, "codes", account(redemptions=connection(*rows)))
    chromium.picture(page, f"services-element-{language}-{size}")
    assert (chromium.barriers(page), browser.trouble) == ([], [])
    words = {
        "en": ("None is left.", "we are on it", "done", "cancelled"),
        "zh-Hans": ("已兑完。", "处理中", "已完成", "已取消"),
    }
    gone, *became = words[language]
    free, sold_out = page.locator("#rewards [part~=reward]").all()
    assert "Friday, seven." in free.inner_text()
    assert gone in sold_out.inner_text()
    buttons = page.locator("#rewards [part~=redeem]").all()
    assert [button.is_disabled() for button in buttons] == [False, True]
    cards = [card.inner_text() for card in page.locator("#codes [part~=card]").all()]
    assert [word in card for word, card in zip(became, cards)] == [True] * 3
    assert ["SEAT-1" in cards[0], "At the door." in cards[1], "No seat left." in cards[2]] == [True] * 3
    assert "SEAT-2" not in cards[2]
    assert page.locator("#codes [part~=give-back]").count() == 0


def test_a_service_without_a_code_is_told_when_it_is_redeemed(load: Any, browser: Browser) -> None:
    page = load(element("rewards"))
    catalogue = {"loyaltyRewards": connection(TICKET), **account(available=236.0)}
    redeemed = {"redemption": {**BOUGHT, "code": None, "state": "OPEN"}, "onCheckout": None, "errors": []}
    answering(page, "rewards", {"LoyaltyCatalogue": [catalogue], "LoyaltyRedeem": [{"pointsRedeem": redeemed}]})
    page.locator("#rewards [part~=redeem]").click()
    page.locator("#rewards [part~=redeemed]").wait_for()
    assert "You have “Ticket”." in page.locator("#rewards [role=status]").inner_text()
    assert "At the door." in page.locator("#rewards [part~=redeemed]").inner_text()
    assert "null" not in page.locator("#rewards").inner_text()
    assert browser.trouble == []


def test_the_cards_of_a_row_begin_at_one_height(load: Any) -> None:
    page = load(element("rewards"), size="desktop")
    hand(page, "rewards", DATA["rewards"])
    tops = page.locator("#rewards [part~=reward]").evaluate_all("cards => cards.map(card => card.offsetTop)")
    assert len(tops) == 3
    assert len(set(tops)) == 1


@pytest.mark.parametrize(
    ("language", "direction", "size", "scheme"),
    [
        ("en", "ltr", "phone", "light"),
        ("zh-Hans", "ltr", "desktop", "light"),
        ("en", "ltr", "desktop", "dark"),
        ("ar", "rtl", "phone", "light"),
    ],
)
def test_every_part_shows_its_data(
    load: Any, browser: Browser, language: str, direction: str, size: str, scheme: str
) -> None:
    body = "".join(
        element(part, **({"href": "/products/{slug}"} if part == "recommendations" else {})) for part in PARTS
    )
    page = load(body, language, direction, size, color_scheme=scheme)
    for part in PARTS:
        hand(page, part, DATA[part])
    page.evaluate(
        "document.getElementById('preferences').choices = [{id: 't1', name: 'Tea'}, {id: 't2', name: 'Milk'}]"
    )
    chromium.picture(page, f"element-{language}-{size}-{scheme}")
    assert chromium.barriers(page) == []
    assert browser.trouble == []
    assert page.evaluate(SMALL) == []
    expected = {
        "balance": "您的积分\n1,236 积分\n收货后再得 40\n再得 64 积分即可兑换“5 USD”",
        "checkout": "本单可得 80 积分。",
        "tier": "再得 380 积分升为Gold",
        "codes": "SZE4XK4RSGRK",
    }
    english = {
        "balance": "YOUR POINTS\n1,236 points\n40 more when your goods have arrived\n64 points to go for “5 USD”",
        "history": "+236 pending",
        "rewards": "4,764 points are missing",
        "codes": "ready to use",
        "surprise": "Open your surprise",
        "checkout": "This order brings 80 points.\nYou have 236 points.",
        "recommendations": "Milk\n\n$2.50\n\nPeople who bought “Tea” also bought this.",
        "preferences": "A question after an order",
        "tier": "380 points to Gold",
    }
    for part, text in ({"zh-Hans": expected, "en": english}.get(language, {})).items():
        assert "".join(text.split()) in "".join(inner(page, part).split())
    assert page.locator("#recommendations a").first.get_attribute("href") == "/products/milk"
    marked = page.locator("#balance section").get_attribute("lang")
    assert marked == ("en" if language == "ar" else None), "English words on an Arabic page say that they are"
    accent = "getComputedStyle(document.getElementById('tier').shadowRoot.querySelector('progress')).accentColor"
    assert page.evaluate(accent) == "rgb(122, 31, 95)"


@pytest.mark.parametrize(("language", "one", "other"), [("en", "star", "stars"), ("zh-Hans", "星星", "星星")])
def test_no_part_speaks_of_points_where_the_shop_has_another_name(
    load: Any, language: str, one: str, other: str
) -> None:
    page = load("".join(map(element, PARTS)), language)
    for part in PARTS:
        hand(page, part, {**DATA[part], "loyaltyPointsName": {"one": one, "other": other}})
    for part in PARTS:
        heard = page.evaluate("id => document.getElementById(id).shadowRoot.innerHTML", part)
        words = re.sub(r"2 points per unit|aria-valuetext|<[^>]*>", " ", heard)
        labels = " ".join(re.findall(r'aria-[a-z]+="([^"]*)"', heard))
        assert not re.search(r"\bpoints?\b|积分", words + labels, re.IGNORECASE), (part, words, labels)
    assert {"en": "1,236 stars", "zh-Hans": "1,236 星星"}[language] in inner(page, "balance")


def test_one_point_has_its_own_form(load: Any) -> None:
    page = load(element("balance"))
    loyalty = {"available": 1, "pending": 0, "debt": 0, "nextReward": None}
    for name, said in ((None, "1 point"), ({"one": "star", "other": "stars"}, "1 star")):
        hand(page, "balance", {"me": {"id": "u1", "loyalty": loyalty}, "loyaltyPointsName": name})
        assert page.locator("#balance [part~=number]").inner_text() == said


SMALL = """[...document.querySelectorAll('saleor-reciprocity')]
    .flatMap(one => [...one.shadowRoot.querySelectorAll('button, label, summary')])
    .filter(one => one.getBoundingClientRect().height < 44).map(one => one.innerText)"""


def inner(page: Any, part: str) -> str:
    return str(page.evaluate("id => document.getElementById(id).shadowRoot.querySelector('section').innerText", part))


@pytest.mark.parametrize("part", PARTS)
def test_loading_empty_offline_and_error(load: Any, part: str) -> None:
    page = load(element(part))
    shown = page.locator("saleor-reciprocity section")
    assert shown.get_attribute("aria-busy") == "true"
    assert "Loading …" in shown.inner_text()
    if part in EMPTY:
        hand(page, part, EMPTY[part])
        assert "Nothing here yet." in shown.inner_text()
        assert chromium.barriers(page) == []
    if part not in ("rewards", "checkout", "recommendations"):
        hand(page, part, {"me": None, "loyaltyTiers": None})
        assert "Sign in to see this." in shown.inner_text()
    for state, text in (("offline", "You are offline."), ("error", "That did not work.")):
        page.evaluate("([id, state]) => { document.getElementById(id).state = state }", [part, state])
        assert text in shown.inner_text()
        assert chromium.barriers(page) == []
    hand(page, part, DATA[part])
    assert "That did not work." not in shown.inner_text()


def test_a_cut_wire_is_told_and_tried_again(load: Any) -> None:
    page = load(element("balance"))
    answering(page, "balance", {"MyLoyaltyBalance": ["!", DATA["balance"]]})
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("1,236 points").wait_for()
    assert page.evaluate("asked.length") == 2


def test_what_cannot_be_drawn_is_an_error_and_not_a_cut_wire(load: Any) -> None:
    page = load(element("rewards"))
    page.evaluate("addEventListener('reciprocity-error', ({ detail }) => (window.told = String(detail.error)))")
    torn = {"loyaltyRewards": connection(None), **account(available=236.0)}
    catalogue = [None, torn, DATA["rewards"]]
    answering(page, "rewards", {"LoyaltyCatalogue": catalogue, "LoyaltyRedeem": [{"pointsRedeem": None}]})
    alert = page.get_by_role("alert")
    for _ in range(2):
        alert.filter(has_text="That did not work.").wait_for()
        assert "TypeError" in page.evaluate("told")
        page.evaluate("window.told = ''")
        page.get_by_role("button", name="Try again").click()
    page.get_by_role("button", name="Redeem for 100 points").first.click()
    status = page.locator("saleor-reciprocity [role=status]")
    status.filter(has_text="That did not work.").wait_for()
    hand(page, "rewards", torn)
    assert "That did not work." in alert.inner_text()


def test_the_next_customer_at_the_same_page_sees_no_code_of_the_one_before(load: Any) -> None:
    page = load(element("rewards"))
    done = {"redemption": CODE, "onCheckout": None, "errors": []}
    redeem = ["!", {"pointsRedeem": done}]
    other = {**DATA["rewards"], "me": {"id": "VXNlcjoy", "loyalty": {"available": 236.0}}}
    answering(page, "rewards", {"LoyaltyCatalogue": [DATA["rewards"], other], "LoyaltyRedeem": redeem})
    button = page.get_by_role("button", name="Redeem for 100 points").first
    status = page.locator("saleor-reciprocity [role=status]")
    button.click()
    status.filter(has_text="You are offline.").wait_for()
    hand(page, "rewards", other)
    button.click()
    status.filter(has_text="SZE4XK4RSGRK").wait_for()
    keys = [variables["input"]["idempotencyKey"] for name, variables in page.evaluate("asked") if "Redeem" in name]
    assert len(set(keys)) == len(keys) == 2
    hand(page, "rewards", other)
    assert "SZE4XK4RSGRK" in page.locator("saleor-reciprocity section").inner_text()
    hand(page, "rewards", {**DATA["rewards"], "me": None})
    assert "SZE4XK4RSGRK" not in page.locator("saleor-reciprocity").evaluate("one => one.shadowRoot.textContent")


def test_a_redemption_keeps_its_key_until_it_is_answered_and_the_code_can_be_copied(load: Any) -> None:
    page = load(element("rewards", channel="main"))
    refused = {"redemption": None, "onCheckout": None, "errors": [{"field": None, "code": "BUSY", "message": "m"}]}
    done = {"redemption": CODE, "onCheckout": None, "errors": []}
    redeem = [{"pointsRedeem": refused}, "!", {"pointsRedeem": done}]
    answering(page, "rewards", {"LoyaltyCatalogue": [DATA["rewards"]], "LoyaltyRedeem": redeem})
    button = page.get_by_role("button", name="Redeem for 100 points").first
    status = page.locator("saleor-reciprocity [role=status]")
    for said in ("Please try again in a moment.", "You are offline.", "Your code for “5 USD”: SZE4XK4RSGRK"):
        button.click()
        status.filter(has_text=said).wait_for()
    asked = page.evaluate("asked")
    assert asked[0] == ["LoyaltyCatalogue", {"channel": "main", "language": "en"}]
    inputs = [variables["input"] for name, variables in asked if name == "LoyaltyRedeem"]
    assert [each["rewardId"] for each in inputs] == ["r1"] * 3
    assert len({each["idempotencyKey"] for each in inputs}) == 1
    assert len(inputs[0]["idempotencyKey"]) == 32
    page.get_by_role("button", name="Copy").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text === 'SZE4XK4RSGRK')")
    assert status.inner_text() == "Copied: SZE4XK4RSGRK"


def test_a_slider_is_moved_and_redeemed_with_the_keyboard_alone(load: Any) -> None:
    page = load(element("rewards"))
    done = {"redemption": CODE, "onCheckout": None, "errors": []}
    answers = {"LoyaltyCatalogue": [DATA["rewards"]], "LoyaltyRedeem": [{"pointsRedeem": done}]}
    answering(page, "rewards", answers)
    page.get_by_role("slider").wait_for()
    for key in ("Tab", "Tab", "End", "ArrowLeft"):  # the first reward's button, then the slider
        page.keyboard.press(key)
    slider = page.get_by_role("slider", name="How many points for “As much as you like”")
    assert slider.get_attribute("aria-valuetext") == "235 points for $11.75"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("SZE4XK4RSGRK").first.wait_for()
    assert [each["input"]["points"] for name, each in page.evaluate("asked") if name == "LoyaltyRedeem"] == [235]
    focused = "document.activeElement.shadowRoot.activeElement.getAttribute('key')"
    assert page.evaluate(focused) == "redeemr2"


def test_at_a_checkout_the_code_is_put_on_it_and_the_page_is_told(load: Any) -> None:
    page = load(element("checkout", checkout="k1"))
    done = {"redemption": CODE, "onCheckout": True, "errors": []}
    answers = {"MyLoyaltyAtCheckout": [DATA["checkout"]], "LoyaltyRedeem": [{"pointsRedeem": done}]}
    page.evaluate("document.addEventListener('reciprocity-changed', event => { window.changed = event.detail })")
    answering(page, "checkout", answers)
    page.get_by_role("button", name="Redeem for 100 points").click()
    page.get_by_text("$5.00 off this order.").wait_for()
    (redeemed,) = [variables for name, variables in page.evaluate("asked") if name == "LoyaltyRedeem"]
    assert redeemed["input"]["checkoutId"] == "k1"
    assert page.evaluate("changed.onCheckout") is True
    assert page.evaluate("asked").count(["MyLoyaltyAtCheckout", {"id": "k1", **WHERE}]) == 2


def test_a_page_that_does_the_work_gets_events_and_nothing_is_asked(load: Any) -> None:
    page = load(element("rewards"))
    hand(page, "rewards", DATA["rewards"])
    page.evaluate(
        "document.addEventListener('reciprocity-redeem',"
        " event => { event.preventDefault(); window.told = event.detail })"
    )
    page.get_by_role("button", name="Redeem for 100 points").first.click()
    told = page.evaluate("told")
    assert told["operation"] == "LoyaltyRedeem"
    assert told["variables"]["input"]["rewardId"] == "r1"
    assert told["document"].startswith("mutation LoyaltyRedeem(")


@pytest.mark.parametrize(("motion", "animation"), [("reduce", "none"), ("no-preference", "reveal")])
def test_a_surprise_is_revealed_and_without_motion_where_that_is_wished(load: Any, motion: str, animation: str) -> None:
    page = load(element("surprise"), reduced_motion=motion)
    hand(page, "surprise", DATA["surprise"])
    assert "WQQ58ZP9Y6GK" not in inner(page, "surprise")
    page.get_by_role("button", name="Open your surprise").click()
    card = page.locator("saleor-reciprocity [part~=surprise]")
    assert card.evaluate("node => getComputedStyle(node).animationName") == animation
    assert "Thank you for coming back." in card.inner_text()
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.getAttribute('key')") == "gift"
    chromium.picture(page, f"element-surprise-{motion}")


def test_choices_are_sent_one_by_one(load: Any) -> None:
    page = load(element("preferences"))
    saved: dict[str, Any] = {"preferences": [], "errors": []}
    answers = {
        "MyLoyaltyMessages": [DATA["preferences"]],
        "LoyaltyChooseMessages": [{"communicationPreferencesUpdate": saved}],
        "LoyaltyPreferences": [{"preferencesUpdate": saved}],
    }
    page.evaluate("document.getElementById('preferences').choices = [{id: 't1', name: 'Tea'}]")
    answering(page, "preferences", answers)
    boxes = page.get_by_role("checkbox", name="Codes that you redeemed")
    assert boxes.evaluate("box => box.indeterminate") is True
    boxes.click()
    page.get_by_text("Saved.").wait_for()
    page.get_by_role("button", name="Tea: Like", exact=True).click()
    page.wait_for_function("asked.some(([name]) => name === 'LoyaltyPreferences')")
    sent = [each for each in page.evaluate("asked") if each[0].startswith("Loyalty")]
    assert sent == [
        ["LoyaltyChooseMessages", {"input": [{"kind": "REDEMPTION", "wanted": True}]}],
        ["LoyaltyPreferences", {"input": {"clear": ["t1"]}}],
    ]


def test_more_of_the_history_is_added_and_what_is_not_wanted_goes(load: Any) -> None:
    page = load(element("history") + element("recommendations"))
    last = json.loads(json.dumps(DATA["history"]))
    entries = last["me"]["loyalty"]["entries"]
    entries["edges"] = [{"node": {**entries["edges"][0]["node"], "id": "e0", "reason": "Welcome", "kind": "BONUS"}}]
    entries["pageInfo"] = {"hasNextPage": False, "endCursor": "y"}
    answering(page, "history", {"MyLoyaltyHistory": [DATA["history"], last]})
    page.get_by_role("button", name="Show more").click()
    page.get_by_text("Welcome").wait_for()
    assert page.locator("#history li").count() == 3
    assert page.get_by_role("button", name="Show more").count() == 0
    assert page.evaluate("asked") == [["MyLoyaltyHistory", WHERE], ["MyLoyaltyHistory", {"after": "x", **WHERE}]]
    preferences = {"LoyaltyPreferences": [{"preferencesUpdate": {"preferences": [], "errors": []}}]}
    answering(page, "recommendations", {"LoyaltyRecommendations": [DATA["recommendations"]], **preferences})
    page.get_by_role("button", name="Milk: not for me").click()
    page.get_by_text("Milk will not be suggested again.").wait_for()
    assert page.locator("#recommendations li").count() == 0


def test_what_a_shop_writes_is_text_and_nothing_else(load: Any, browser: Browser) -> None:
    page = load(element("rewards"))
    bad = {**VOUCHER, "name": "<img src=x onerror=alert(1)>"}
    hand(page, "rewards", {"loyaltyRewards": connection(bad), **account(available=500.0)})
    assert "<img src=x onerror=alert(1)>" in inner(page, "rewards")
    assert page.locator("#rewards img").count() == 0
