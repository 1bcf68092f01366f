"""Facts about the shop as frozen values, so that nothing above the host ever holds a Saleor object."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Mapping


class OrderState(Enum):
    """What an order is to the loyalty programme."""

    NOT_YET = "not yet"  # a draft, or waiting for the shop's confirmation
    PLACED = "placed"
    VOID = "void"  # cancelled or expired


@dataclass(frozen=True)
class Channel:
    """A sales channel. Saleor 2 has one, unnamed; it is called what an upgrade to Saleor 3 will call it."""

    id: str
    slug: str
    currency: str


@dataclass(frozen=True)
class Person:
    """Who placed an order: a user, or a guest known by an e-mail address."""

    user_id: int | None
    email: str
    confirmed: bool  # the address was proved to be theirs

    @property
    def owns_address(self) -> bool:
        """Whether the address counts as theirs: a guest is the address, a user has to have proved it."""
        return self.user_id is None or self.confirmed


@dataclass(frozen=True)
class Recipient:
    """Where somebody is written to, by what name, and in which language; a part that is not known is empty."""

    email: str
    name: str
    language: str


@dataclass(frozen=True)
class MailServer:
    """The SMTP server of a channel, and the sender that belongs to it."""

    host: str
    port: int
    username: str
    password: str
    use_tls: bool
    use_ssl: bool
    sender: str


@dataclass(frozen=True)
class Line:
    """One order line. `total` is gross, after line discounts, before what was taken off the whole order."""

    id: str
    product_id: int | None
    quantity: int
    fulfilled: int  # shipped and not given back
    given_back: int  # returned or refunded
    total: Decimal
    is_gift_card: bool
    total_net: Decimal | None = None  # `total` without tax; None where nobody knows the tax
    shipments: tuple[tuple[datetime, int], ...] = ()  # when how many of the fulfilled pieces were shipped


@dataclass(frozen=True)
class BoughtProduct:
    """A product that was bought, under the name that the customer bought it by."""

    id: int
    name: str


@dataclass(frozen=True)
class Order:
    """The state of an order that matters to us. Money is gross, in `currency`.

    `placed_at` is the moment that decides which programme and which rules count; of a draft, when it became an order.
    """

    id: str
    number: str
    channel_id: str
    currency: str
    placed_at: datetime
    state: OrderState
    replaces_another: bool
    person: Person
    goods: Decimal  # what was left to pay for goods after every discount and gift card
    shipping: Decimal
    refunded: Decimal
    lines: tuple[Line, ...]
    shipping_net: Decimal | None = None  # `shipping` without tax
    off_shipping: Decimal = Decimal(0)  # what a voucher took off `shipping`, where the host stores shipping without it


@dataclass(frozen=True)
class Look:
    """An order in one state: its facts, its fingerprint, and what was read beside them by the same statement, by name.

    Of an order that the host has deleted, or never had, there is only what was read beside it.
    """

    order: Order | None
    fingerprint: str
    beside: Mapping[str, Any]


@dataclass(frozen=True)
class Whereabouts:
    """Where a voucher's or gift card's code is, and what the host counted of it."""

    exists: bool = False
    is_counted: bool = False  # the host counted a use
    is_held: bool = False  # a draft carries it, or a checkout counts on the gift card
    order_id: str = ""  # the first order that counts and carries it

    @property
    def is_free(self) -> bool:
        """Whether nobody used it or is about to. So is a code that staff deleted."""
        return not (self.is_counted or self.is_held or self.order_id)


@dataclass(frozen=True)
class Checkout:
    """What a checkout comes to. Money is in `currency`; what the channel's prices leave out, such as a tax, is left
    out of `goods` and `shipping`, too."""

    id: str
    user_id: int | None
    channel_id: str
    currency: str
    voucher_code: str  # "" without a voucher
    gift_card_codes: frozenset[str]
    goods: Decimal  # what a voucher can take something off
    shipping: Decimal
    payable: Decimal  # what is left to pay after vouchers and gift cards, taxes included
    product_ids: frozenset[int]


@dataclass(frozen=True)
class Place:
    """Where the Dashboard shows a page of ours, by the Dashboard's names; staff see it who hold all its permissions."""

    identifier: str
    label: str
    address: str  # below the app's own where it begins with a slash
    mount: str
    target: str
    permissions: tuple[str, ...]
    settings: dict[str, dict[str, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class DashboardApp:
    """What the Dashboard is told about us. It holds no token; it may what its reader may of `permissions`."""

    identifier: str
    name: str
    about: str
    address: str
    version: str
    permissions: tuple[str, ...]
    places: tuple[Place, ...]
