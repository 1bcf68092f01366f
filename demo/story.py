"""The story of the demo, played through the public GraphQL API and a customer's mailbox: order, points, question and
answer, code, a cheaper order with a surprise, a cancellation.

Every step checks what it claims. A run needs nothing from the runs before it and leaves nothing in the way of the next.
"""

from __future__ import annotations

import secrets
import urllib.error
from decimal import Decimal
from math import ceil, floor
from typing import Any

from .mailbox import Mails, Page, links_of_question
from .storefront import Customer, Order, Refused, Shop, Staff, Variant, Visitor

STAFF_EMAIL, STAFF_PASSWORD = "admin@example.com", "admin"
CUSTOMER_PASSWORD = "note-g-1843"
POINTS_PER_UNIT, REWARD_POINTS, REWARD_VALUE = 2, 100, Decimal(5)
SURPRISE_VALUE, SURVEY_POINTS = Decimal(3), 10
CURRENCY = "USD"


def play(url: str, mails: Mails) -> bool:
    """Play the story in the shop at `url`, which sends `mails`, and tell it. Returns whether everything held."""
    story = Story()
    try:
        _play(Shop(url), mails, story)
    except (Refused, urllib.error.URLError) as error:
        story.check(False, f"The shop refused: {error}")
    say("\nThe story held." if story.held else "\nThe story did NOT hold.")
    return story.held


class Story:
    """One telling: its steps, and whether every claim held so far."""

    def __init__(self) -> None:
        self.held, self.steps = True, 0

    def step(self, text: str) -> None:
        """Say what happens next."""
        self.steps += 1
        say(f"{self.steps}. {text}")

    def check(self, holds: bool, claim: str) -> None:
        """Say a claim, and whether it is so."""
        self.held = self.held and holds
        say(f"   {'ok' if holds else 'NOT OK':6}  {claim}")


def _play(shop: Shop, mails: Mails, story: Story) -> None:
    staff = Staff(shop, STAFF_EMAIL, STAFF_PASSWORD)
    open_programme(staff, story)
    customer = Customer.register(shop, f"ada-{secrets.token_hex(4)}@example.com", CUSTOMER_PASSWORD, staff)
    variant, quantity = enough_for_two_rewards(customer)

    look_around(customer, story)
    customer.agree_to_surveys()
    first = buy(customer, variant, quantity, story)
    ship(staff, customer, first, story)
    answer(staff, customer, first, mails, story)
    code = redeem(customer, story)
    second = buy_with_code(customer, variant, code, story)
    cancel(staff, customer, second, story)
    refund(staff, customer, first, story)
    show_history(customer, story)


def open_programme(staff: Staff, story: Story) -> None:
    story.step(
        f"The shop's staff switch the programme on: {POINTS_PER_UNIT} points for each {CURRENCY}, "
        f"{REWARD_POINTS} points for a voucher over {money(REWARD_VALUE)}. "
        "Second orders win a gift, and whoever agrees is asked a question once the goods are shipped."
    )
    staff.set_programme(
        True,
        points_per_unit=POINTS_PER_UNIT,
        return_window_days=0,
        reward_points=REWARD_POINTS,
        reward_value=REWARD_VALUE,
        reward_kind="voucher",
        surprise_probability=1,
        surprise_value=SURPRISE_VALUE,
        surprise_cooling_off_days=0,  # every telling ships to the same address
        holdout_share=0,
        survey_question="csat",
        survey_delay_days=0,
        survey_holdout_share=0,
        survey_points=SURVEY_POINTS,
        mail_consent="preference",
    )
    offered = [(reward["points"], reward["value"]["amount"]) for reward in staff.rewards()]
    story.check((REWARD_POINTS, REWARD_VALUE) in offered, "Every visitor sees the reward in the API.")


def enough_for_two_rewards(customer: Customer) -> tuple[Variant, int]:
    """Something to buy, in a quantity that brings the points of two rewards: a second debit would go through."""
    for variant in customer.variants():
        quantity = ceil(Decimal(2 * REWARD_POINTS) / POINTS_PER_UNIT / variant.price) if variant.price else 0
        if 1 < quantity <= 10 and variant in customer.variants(quantity):
            return variant, quantity
    raise Refused([{"message": "nothing in the shop is in stock"}])


def look_around(customer: Customer, story: Story) -> None:
    story.step("The customer looks at what the shop recommends, and is not interested in the first of it.")
    recommended = customer.recommendations()
    if not recommended:
        story.check(False, "The shop recommends something; is it trained?")
        return
    for item in recommended[:3]:
        say(f"           {item['product']['name']}: {item['reason']['text']}")
    story.check(all(item["reason"]["text"] for item in recommended), f"{len(recommended)} products, a reason for each.")
    unwanted = recommended[0]["product"]
    customer.update_preferences(notInterested=[unwanted["id"]])
    left = _without(recommended, unwanted)
    story.check(left == customer.recommendations()[: len(left)], f"{unwanted['name']} is gone.")
    story.check(recommended == Visitor(customer.shop).recommendations(), "A stranger sees it still.")


def _without(recommended: list[dict[str, Any]], product: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for item in recommended if item["product"] != product]


def buy(customer: Customer, variant: Variant, quantity: int, story: Story) -> Order:
    story.step(f"A new customer, {customer.email} (password {CUSTOMER_PASSWORD}), buys {quantity} × {variant.name}.")
    order = customer.buy(variant, quantity)
    due = points_for(order.goods)
    story.check(
        points_of(order) == (due, 0),
        f"Order {order.number} over {money(order.total)}, of which goods {money(order.goods)}: "
        f"the answer to the checkout itself shows {due} points pending.",
    )
    return order


def ship(staff: Staff, customer: Customer, order: Order, story: Story) -> None:
    story.step(f"Staff ship order {order.number}.")
    staff.ship(order.id)
    due = points_for(order.goods)
    story.check(balance(customer) == (due, 0), f"The {due} points are available, none is pending.")


def answer(staff: Staff, customer: Customer, order: Order, mails: Mails, story: Story) -> None:
    story.step(f"The customer has agreed to be asked. A mail about order {order.number} asks for satisfaction, 1 to 5.")
    before, _ = balance(customer)
    links = links_of_question(mails, customer.email)
    story.check(sorted(links) == [1, 2, 3, 4, 5], f"It has come, with a link for each of {len(links)} answers.")
    if not links:
        return
    page = Page(customer.shop.url, links[5])
    story.check(page.chosen() == ["5"], "The link opens a page with the answer chosen, and changes nothing.")
    story.check(staff.answer_about(order.id) is None, "Staff see no answer yet.")
    page.send(score="5", comment="Well packed.")
    story.check(staff.answer_about(order.id) == {"score": 5, "comment": "Well packed."}, "Sent, staff see it.")
    page.send(score="1", comment="Again!")
    story.check(staff.answer_about(order.id) == {"score": 5, "comment": "Well packed."}, "It cannot be sent twice.")
    after, _ = balance(customer)
    story.check(after == before + SURVEY_POINTS, f"Thanks that nobody had announced: {SURVEY_POINTS} points.")


def redeem(customer: Customer, story: Story) -> str:
    story.step(
        f"The customer exchanges {REWARD_POINTS} points for a code; the request is sent twice, with the same key."
    )
    before, _ = balance(customer)
    reward = next(offer for offer in customer.rewards() if offer["points"] == REWARD_POINTS)
    key = secrets.token_hex(8)
    code, again = (customer.redeem(reward["id"], key)["code"] for _ in range(2))
    story.check(code == again, f"Both answers hold the same code: {code}.")
    after, _ = balance(customer)
    story.check(after == before - REWARD_POINTS, f"One debit: {before} - {REWARD_POINTS} = {after} points.")
    return str(code)


def buy_with_code(customer: Customer, variant: Variant, code: str, story: Story) -> Order:
    story.step(f"The customer buys one more {variant.name} and enters {code}.")
    checkout = customer.start_checkout(variant, 1)
    reduced = customer.use_code(checkout, code)
    order = customer.complete(reduced)
    story.check(
        checkout.total - order.total == REWARD_VALUE,
        f"Order {order.number} costs {money(order.total)} instead of {money(checkout.total)}, "
        f"exactly the {money(REWARD_VALUE)} less.",
    )
    due = points_for(order.goods)
    story.check(points_of(order) == (due, 0), f"It earns on what was paid for goods: {due} points pending.")
    surprise = order.surprise or {"code": None, "reason": None, "value": {"amount": None}}
    story.check(
        surprise["value"]["amount"] == SURPRISE_VALUE,
        f"A surprise comes with it: {surprise['code']}, {money(SURPRISE_VALUE)}. “{surprise['reason']}”",
    )
    return order


def cancel(staff: Staff, customer: Customer, order: Order, story: Story) -> None:
    story.step(f"Staff cancel order {order.number}.")
    before = balance(customer)
    story.check(points_of(staff.cancel(order.id)) == (0, 0), "The order's points are gone.")
    code = (order.surprise or {}).get("code")
    story.check(code is not None and not accepted(customer, code), f"So is its gift: {code} is refused.")
    available, pending = balance(customer)
    story.check(
        (available, pending) == (before[0], 0), f"The customer has {available} points as before and {pending} pending."
    )


def accepted(customer: Customer, code: str) -> bool:
    """Whether a checkout takes a code."""
    try:
        customer.use_code(customer.start_checkout(customer.variants()[0], 1), code)
    except Refused:
        return False
    return True


def refund(staff: Staff, customer: Customer, order: Order, story: Story) -> None:
    repaid = order.unit_price
    for_goods = max(Decimal(0), repaid - order.shipping)
    story.step(
        f"Staff pay {money(repaid)} of order {order.number} back. It counts as its shipping first, "
        f"the other {money(for_goods)} as goods."
    )
    before, _ = balance(customer)
    staff.refund(order.id, repaid)
    taken = points_for(order.goods) - points_for(order.goods - for_goods)
    after, _ = balance(customer)
    story.check(after == before - taken, f"{taken} points go: {before} - {taken} = {after} points.")


def show_history(customer: Customer, story: Story) -> None:
    story.step("The customer looks at the account.")
    account = customer.loyalty()
    entries = account["entries"]
    for entry in reversed(entries):
        say(
            f"           {entry['kind']:<10} {entry['points']:+5} points {entry['pending']:+5} pending  "
            f"{entry['reason']}"
        )
    total = sum(entry["points"] for entry in entries)
    story.check(total == account["available"] - account["debt"], f"The entries add up to the balance: {total} points.")


def points_for(goods: Decimal) -> int:
    """What goods at this price earn: whole points, fractions dropped."""
    return floor(max(goods, Decimal(0)) * POINTS_PER_UNIT)


def points_of(order: Order) -> tuple[int, int]:
    """The pending and the earned points of an order."""
    loyalty = order.loyalty or {}
    return loyalty.get("pending", 0), loyalty.get("earned", 0)


def balance(customer: Customer) -> tuple[int, int]:
    """The available and the pending points of a customer."""
    account = customer.loyalty()
    return account["available"], account["pending"]


def money(sum_of_money: Decimal) -> str:
    return f"{sum_of_money:.2f} {CURRENCY}"


def say(text: str) -> None:
    print(text, flush=True)
