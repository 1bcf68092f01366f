"""A year in the demo's shop: six customers who buy, are shipped to, answer, redeem and stay away, through the API."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management import call_command
from django.test import Client

from tests.storefront import ShopInProcess

from . import clock
from .mailbox import Mails, in_folder, links_that_ask
from .programme import PROGRAMME
from .storefront import Customer, Order, Refused, Staff

PASSWORD = "a-year-of-tea"
MONTH = 30  # days
DEAREST = 60  # of what they buy
STAFF = ("admin@example.com", "admin")


class Person(NamedTuple):
    """A sample customer: how many months ago they bought, what they answer when asked, and how they are."""

    name: str
    bought: tuple[int, ...]
    answers: int
    about: str

    @property
    def email(self) -> str:
        return f"{self.name.lower()}@example.com"


PEOPLE = (
    Person("Lin", (12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 5, "buys every month"),
    Person("Sofia", (12, 10, 8, 6, 4, 2, 1), 4, "buys every other month"),
    Person("Omar", (11, 8, 5, 2), 5, "buys in every season"),
    Person("June", (12, 11, 9), 2, "was unhappy and stayed away"),
    Person("Noor", (1,), 4, "has just found the shop"),
    Person("Ted", (10, 4), 3, "comes back now and then"),
)
TIERS = """mutation { loyaltyTiersSet(input: { windowDays: 365, downgrade: AFTER_GRACE, graceDays: 30, tiers: [
    { code: "silver", name: "Silver", threshold: 500 }, { code: "gold", name: "Gold", threshold: 1500, multiplier: 1.5 }
]}) { errors { message } } }"""
SLIDER = """mutation { loyaltyRewardCreate(input: { kind: VOUCHER, name: "As much as you like", points: 20, value: 1,
    leastPoints: 40, mostPoints: 2000 }) { errors { message } } }"""
TICKET = """mutation { loyaltyRewardCreate(input: { kind: SERVICE, name: "Ticket for the tasting evening", points: 150,
    value: 12, text: "First Friday of the month, seven o'clock. Show the code at the door.", givesCodes: true
}) { reward { id } errors { message } } }"""
CODES = """mutation Codes($id: ID!, $codes: String!) {
    loyaltyRewardCodesUpload(id: $id, codes: $codes) { errors { message } } }"""
OPEN = "{ orders(first: 100, filter: {status: [UNFULFILLED, PARTIALLY_FULFILLED]}) { edges { node { id number } } } }"


def work() -> None:
    """Do what is due."""
    call_command("reciprocity_work", "--once", stdout=StringIO())


def shop() -> ShopInProcess:
    """The shop, in this process."""
    found = ShopInProcess("default-channel")
    found.url = "http://localhost:8000"  # where links in its mails lead
    return found


def staff() -> Staff:
    """The shop's staff."""
    return Staff(shop(), *STAFF)


def ship_everything() -> list[str]:
    """The numbers of the orders that staff have just shipped: all that are open and in stock."""
    shipped = []
    member = staff()
    for edge in member.ask(OPEN)["orders"]["edges"]:
        try:
            shipped.append(member.ship(edge["node"]["id"]).number)
        except Refused:  # Saleor's own samples, of which nothing is in stock
            continue
    return shipped


def let_a_month_pass() -> None:
    """A month later, with all the work of that time done."""
    for _ in range(2):
        clock.go_to(clock.days_ahead() + MONTH // 2)
        work()


def play(mails: Path, say: Any) -> None:
    """Live through the year; ends today."""
    clock.go_to(-MONTH * 13)
    member = staff()
    member.set_programme(True, **PROGRAMME)
    member.ask(TIERS)
    if len(member.rewards()) == 1:  # none but the standard one
        member.ask(SLIDER)
        ticket = member.ask(TICKET)["loyaltyRewardCreate"]["reward"]["id"]
        member.ask(CODES, id=ticket, codes="\n".join(f"TASTING-{number:03}" for number in range(1, 25)))
    customers: dict[str, Customer] = {}
    asked: set[str] = set()
    for month in range(12, 0, -1):
        clock.go_to(-MONTH * month)
        for place, person in enumerate(PEOPLE):
            if month in person.bought:
                _buy(person, place + month, customers, member)
        clock.go_to(-MONTH * month + 8)
        work()
        _answer(in_folder(mails), asked)
        say(f"  {13 - month} months ...") if month % 4 == 1 else None
    lin = customers[PEOPLE[0].name]
    (reward, *_) = [each for each in lin.rewards() if each["points"] == PROGRAMME["reward_points"]]
    lin.redeem(reward["id"], "for the codes")
    (ticket, *_) = [each for each in lin.rewards() if each["kind"] == "SERVICE"]
    lin.redeem(ticket["id"], "for the work list")
    clock.go_to(0)
    work()


def _buy(person: Person, choice: int, customers: dict[str, Customer], member: Staff) -> None:
    if person.name not in customers:
        customers[person.name] = _customer(person, member)
    order = _order(customers[person.name], choice)
    member.ship(order.id)


def _customer(person: Person, member: Staff) -> Customer:
    try:
        return Customer(member.shop, person.email, PASSWORD)  # from a year that was interrupted
    except Refused:
        customer = Customer.register(member.shop, person.email, PASSWORD, member)
        customer.agree_to_surveys()
        return customer


def _order(customer: Customer, choice: int) -> Order:
    affordable = [each for each in customer.variants(2) if each.price <= DEAREST]
    for place in range(len(affordable)):
        try:
            return customer.buy(affordable[(choice * 7 + place) % len(affordable)], 1)
        except Refused:  # what is in stock elsewhere cannot be had here
            continue
    raise Refused([{"message": "nothing in the shop is in stock"}])


def _answer(mails: Mails, asked: set[str]) -> None:
    answers = {person.email: person.answers for person in PEOPLE}
    for mail, links in links_that_ask(mails):
        address = str(mail["To"])
        link = links.get(answers.get(address, 0), "")
        if link and link not in asked:
            asked.add(link)
            path = "/" + link.split("/", 3)[3].split("?")[0]
            Client().post(path, {"score": answers[address], "comment": "", "action": "send"}, secure=True)


def is_played() -> bool:
    """Whether the last of the sample customers has come."""
    last = min(PEOPLE, key=lambda person: max(person.bought))
    try:
        Customer(shop(), last.email, PASSWORD)
    except Refused:
        return False
    return True
