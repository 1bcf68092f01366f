"""Saleor 2.10: one unnamed channel, integer order ids with a token beside them, hooks inside the host's transaction."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from decimal import Decimal
from typing import Any, ContextManager, Iterable

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone
from graphql_jwt.exceptions import PermissionDenied
from saleor.checkout import calculations
from saleor.discount import VoucherType
from saleor.discount.models import Voucher
from saleor.discount.utils import fetch_active_discounts
from saleor.giftcard.models import GiftCard
from saleor.order import FulfillmentStatus
from saleor.order import models as order_models
from saleor.plugins.manager import get_plugins_manager
from saleor.plugins.models import PluginConfiguration
from saleor.product.models import Category, Collection, Product

from saleor_reciprocity.addresses import in_sql

from . import either
from .catalogue2 import BOUGHT, CHANNEL, IN_CHECKOUT, PUBLISHED, PURCHASES, SELLABLE
from .either import *  # noqa: F403
from .facts import BoughtProduct, Channel, Checkout, Line, MailServer, Order, OrderState, Person, Recipient, Whereabouts
from .orders2 import (
    CHANNEL_ID,
    CHOSEN_ORDERS,
    GIVEN_BACK,
    INDEXES,
    ORDER_STATES,
    PLACED_AT,
    TOUCHED_ORDERS,
    customers,
    is_proved,
    order,
    order_fingerprint,
    order_fingerprints,
    orders,
)

__all__ = [
    *either.__all__,
    "GIFT_CARD_CODE_LENGTH",
    "CHOSEN_ORDERS",
    "CODE_WAS_USED",
    "GROUP_MEMBERS",
    "MOVED_PIECES",
    "NUMBERED_ORDERS",
    "ORDERS_OF_PEOPLE",
    "HOOKS",
    "INDEXES",
    "ORDER_STATES",
    "SOLD_LINES",
    "SOLD_ORDERS",
    "TOUCHED_ORDERS",
    "VOUCHERS_OF_CODES",
    "VOUCHER_CODE_LENGTH",
    "Channel",
    "Checkout",
    "Line",
    "MailServer",
    "Order",
    "OrderState",
    "Whereabouts",
    "CODES_OF_ORDERS",
    "PROMO_CODES",
    "PURCHASES",
    "PermissionDenied",
    "Person",
    "BoughtProduct",
    "Recipient",
    "allow_writer",
    "channel",
    "channel_by_slug",
    "channels",
    "checkout",
    "checkout_channel_id",
    "configured_channel",
    "current_user",
    "customers",
    "date_time_type",
    "earlier_orders",
    "gift_cards_accepted",
    "issue_gift_card",
    "issue_product_voucher",
    "issue_shipping_voucher",
    "issue_voucher",
    "mail_server",
    "note_on_order",
    "take_notes_off",
    "has_notes",
    "order",
    "order_fingerprint",
    "order_fingerprints",
    "order_id",
    "order_id_of_number",
    "order_of_checkout",
    "order_key",
    "order_language",
    "orders",
    "ordered_products",
    "people",
    "person",
    "plugin_configuration",
    "query_costs",
    "shipped_at",
    "signed_in_by_cookie",
    "recipient",
    "shipping_address",
    "shown_products",
    "whereabouts",
    "withdraw_voucher",
    "writing",
    "BOUGHT",
    "CHANNEL",
    "IN_CHECKOUT",
    "PUBLISHED",
    "SELLABLE",
    "shopping_country",
    "product_node",
    "visible_ids",
]

# The hooks by which this generation tells plugins that something happened to an order.
HOOKS: tuple[str, ...] = (
    "order_created",
    "order_fully_paid",
    "order_updated",
    "order_cancelled",
    "order_fulfilled",
    "fulfillment_created",
)

VOUCHER_CODE_LENGTH = 12  # the width of the host's column
GIFT_CARD_CODE_LENGTH = 16

_CHANNEL_SLUG = "default-channel"  # what an upgrade to Saleor 3 calls the one channel that there is here

# Orders that count, by whoever placed them; cancelled ones do not count.
ORDERS_OF_PEOPLE = f"""
SELECT o.token AS order_id, '1' AS channel_id, o.created AS placed_at,
  {in_sql("coalesce(u.email, o.user_email)")} AS person
FROM order_order o LEFT JOIN account_user u ON u.id = o.user_id WHERE o.status NOT IN ('draft', 'canceled')
"""  # noqa: S608 - constants

# Orders that count, with what was left to pay for goods and for shipping, and their lines: what `order` gives, in SQL.
SOLD_ORDERS = f"""
SELECT o.token AS order_id, '1' AS channel_id, o.user_id, coalesce(u.email, o.user_email) AS email,
  o.id::text AS order_number, o.currency,
  {GIVEN_BACK} AS refunded, {PLACED_AT} AS placed_at, {in_sql("coalesce(u.email, o.user_email)")} AS person,
  greatest(least(l.total, o.total_gross_amount - s.shipping), 0) AS goods, s.shipping,
  o.shipping_price_gross_amount - s.shipping AS off_shipping,
  CASE WHEN o.shipping_price_gross_amount > 0
    THEN s.shipping * o.shipping_price_net_amount / o.shipping_price_gross_amount ELSE 0 END AS shipping_net
FROM order_order o LEFT JOIN account_user u ON u.id = o.user_id
LEFT JOIN discount_voucher v ON v.id = o.voucher_id AND v.type = 'shipping'
CROSS JOIN LATERAL (SELECT CASE WHEN v.id IS NULL THEN o.shipping_price_gross_amount
  ELSE greatest(o.shipping_price_gross_amount - o.discount_amount, 0) END AS shipping) s
CROSS JOIN LATERAL (SELECT coalesce(sum(unit_price_gross_amount * quantity), 0) AS total
  FROM order_orderline WHERE order_id = o.id) l
WHERE o.status NOT IN ('draft', 'canceled')
"""  # noqa: S608 - a constant
SOLD_LINES = """
SELECT o.token AS order_id, l.id::text AS line_id, p.id AS product_id, p.category_id, l.quantity,
  l.unit_price_gross_amount * l.quantity AS total, l.unit_price_net_amount * l.quantity AS total_net,
  false AS is_gift_card
FROM order_orderline l JOIN order_order o ON o.id = l.order_id
LEFT JOIN product_productvariant v ON v.id = l.variant_id LEFT JOIN product_product p ON p.id = v.product_id
"""
# What left the shop of which line, and whether the customer has it or gave it back.
MOVED_PIECES = """
SELECT fl.order_line_id::text AS line_id, f.created AS moved_at, fl.quantity, true AS is_kept
FROM order_fulfillmentline fl JOIN order_fulfillment f ON f.id = fl.fulfillment_id
JOIN order_order o ON o.id = f.order_id WHERE f.status = 'fulfilled'
"""
# Which orders count when somebody's are numbered, as `earlier_orders` does.
NUMBERED_ORDERS = f"""
SELECT o.id, o.user_id, {in_sql("o.user_email")} AS address, {PLACED_AT} AS placed_at, o.id::bigint AS number
FROM order_order o WHERE o.status NOT IN ('draft', 'canceled')
"""  # noqa: S608 - constants
GROUP_MEMBERS = "SELECT m.user_id, g.name FROM account_user_groups m JOIN auth_group g ON g.id = m.group_id"

PROMO_CODES = "SELECT code FROM discount_voucher UNION ALL SELECT code FROM giftcard_giftcard"
# A condition on a `{code}`: the host counted a use, or an order that counts carries it; staff's drafts count no use.
CODE_WAS_USED = """(
  EXISTS (SELECT 1 FROM discount_voucher v WHERE v.code = {code} AND (v.used > 0 OR EXISTS (
    SELECT 1 FROM order_order o WHERE o.voucher_id = v.id AND o.status NOT IN ('draft', 'canceled'))))
  OR EXISTS (SELECT 1 FROM giftcard_giftcard g WHERE g.code = {code} AND (
    g.current_balance_amount < g.initial_balance_amount OR EXISTS (
      SELECT 1 FROM order_order_gift_cards u JOIN order_order o ON o.id = u.order_id
      WHERE u.giftcard_id = g.id AND o.status NOT IN ('draft', 'canceled')))))
"""

# The rows of a code, each with whether the host counted a use; and what carries it, with whether that is yet to come.
_LOCK_CODE = (
    "SELECT used > 0 FROM discount_voucher WHERE code = %(code)s FOR NO KEY UPDATE",
    "SELECT current_balance_amount < initial_balance_amount FROM giftcard_giftcard WHERE code = %(code)s"
    " FOR NO KEY UPDATE",
)
_CARRIERS = """
SELECT order_id, is_held FROM (
  SELECT o.token AS order_id, o.status = 'draft' AS is_held, o.id FROM order_order o JOIN (
    SELECT o.id FROM discount_voucher v JOIN order_order o ON o.voucher_id = v.id WHERE v.code = %(code)s
    UNION SELECT u.order_id FROM giftcard_giftcard g JOIN order_order_gift_cards u ON u.giftcard_id = g.id
      WHERE g.code = %(code)s
  ) c ON c.id = o.id WHERE o.status <> 'canceled'
  UNION ALL SELECT NULL, true, NULL FROM giftcard_giftcard g JOIN checkout_checkout_gift_cards k
    ON k.giftcard_id = g.id WHERE g.code = %(code)s
) carrier ORDER BY id
"""

VOUCHERS_OF_CODES = "SELECT id AS voucher_id, code FROM discount_voucher"

# What codes took off orders that count. Of gift cards, those that paid an order alone: what the order's total is
# lower by then came from that card.
CODES_OF_ORDERS = """
SELECT v.code, o.token AS order_id, NULL::numeric AS taken
FROM order_order o JOIN discount_voucher v ON v.id = o.voucher_id WHERE o.status NOT IN ('draft', 'canceled')
UNION ALL
SELECT g.code, o.token, greatest(0, o.shipping_price_gross_amount - o.discount_amount - o.total_gross_amount +
  (SELECT coalesce(sum(l.quantity * l.unit_price_gross_amount), 0) FROM order_orderline l WHERE l.order_id = o.id))
FROM order_order_gift_cards u JOIN giftcard_giftcard g ON g.id = u.giftcard_id JOIN order_order o ON o.id = u.order_id
WHERE o.status NOT IN ('draft', 'canceled')
  AND NOT EXISTS (SELECT 1 FROM order_order_gift_cards w WHERE w.order_id = o.id AND w.id <> u.id)
"""


def channels() -> list[Channel]:
    """Every channel of the shop."""
    return [Channel(CHANNEL_ID, _CHANNEL_SLUG, settings.DEFAULT_CURRENCY)]


def channel(channel_id: str) -> Channel | None:
    """The channel with this id, or None."""
    return next((found for found in channels() if found.id == channel_id), None)


def channel_by_slug(slug: str | None) -> Channel | None:
    """The channel with this slug; with None, the only channel of the shop; else None."""
    return next((found for found in channels() if slug in (None, found.slug)), None)


def plugin_configuration(plugin_id: str, channel_id: str) -> tuple[bool, dict[str, Any]]:
    """Whether a plugin is switched on in a channel, and its stored values by name."""
    return either.configured_values(PluginConfiguration.objects.filter(identifier=plugin_id).first())


def configured_channel(configuration: Any) -> Channel | None:
    """The channel that a plugin configuration row is for."""
    return channels()[0]


def order_id(order_row: Any) -> str:
    """The id under which an order is known to us, the same before and after an upgrade to Saleor 3."""
    return str(order_row.token)


def order_id_of_number(number: str) -> str | None:
    """The id of the order with this number, as people see it, or None."""
    rows = order_models.Order.objects.filter(pk=number) if number.isdigit() else order_models.Order.objects.none()
    return rows.values_list("token", flat=True).first()


def order_key(order_id: str, number: str) -> str:
    """What GraphQL knows an order by, from our id and the order's number."""
    return number


def checkout_channel_id(row: Any) -> str:
    """The id of the channel of a checkout row."""
    return CHANNEL_ID


def order_of_checkout(row: Any) -> Order:
    """The order that a checkout would become now. Asks the host for its prices."""
    sold = row.lines.select_related("variant__product").prefetch_related("variant__product__collections")
    lines, discounts = list(sold), fetch_active_discounts()
    prices = get_plugins_manager()
    total = prices.calculate_checkout_total(row, lines, discounts).gross.amount
    shipping = prices.calculate_checkout_shipping(row, lines, discounts)
    paid_shipping = shipping.gross.amount
    if row.voucher_code and Voucher.objects.filter(code=row.voucher_code, type=VoucherType.SHIPPING).exists():
        paid_shipping = max(Decimal(0), paid_shipping - row.discount_amount)
    facts = tuple(_checkout_line(line, prices.calculate_checkout_line_total(line, discounts)) for line in lines)
    left = max(Decimal(0), total - row.get_total_gift_cards_balance().amount)
    return Order(
        id=str(row.token),
        number="",
        channel_id=CHANNEL_ID,
        currency=row.currency,
        placed_at=timezone.now(),
        state=OrderState.PLACED,
        replaces_another=False,
        person=person(row.user) if row.user else Person(None, row.email or "", confirmed=False),
        goods=either.paid_goods(facts, left, paid_shipping),
        shipping=paid_shipping,
        shipping_net=either.part(paid_shipping, shipping.gross.amount, shipping.net.amount),
        refunded=Decimal(0),
        lines=facts,
    )


def _checkout_line(line: Any, total: Any) -> Line:
    return Line(
        id=str(line.pk),
        product_id=line.variant.product_id,
        quantity=line.quantity,
        fulfilled=0,
        given_back=0,
        total=total.gross.amount,
        total_net=total.net.amount,
        is_gift_card=False,
    )


def shipped_at(order_id: str) -> datetime | None:
    """When the newest shipment of an order was made that the customer still has; None without any."""
    shipments = order_models.Fulfillment.objects.filter(order__token=order_id, status=FulfillmentStatus.FULFILLED)
    return shipments.order_by("created").values_list("created", flat=True).last()


def order_language(order_id: str) -> str:
    """The language in which an order was placed, such as "en" or "zh-hans"; "" when there is no such order."""
    rows = order_models.Order.objects.filter(token=order_id)
    return rows.values_list("language_code", flat=True).first() or ""


def ordered_products(order_id: str) -> tuple[BoughtProduct, ...]:
    """The different products of an order that the shop still has."""
    return either.products_on(order_models.OrderLine.objects.filter(order__token=order_id).order_by("pk"))


def earlier_orders(person: Person, before: datetime, at_most: int, number: str = "") -> int:
    """How many orders that count a person placed before a moment; counting ends at `at_most`.

    Of orders of that very moment, those with a lower number than `number` are earlier.
    """
    return either.count_earlier(NUMBERED_ORDERS, person, before, number, at_most)


def recipient(user_id: int | None, order_id: str) -> Recipient:
    """Where an active user is written to or, without one, whoever placed an order; an empty address if nowhere."""
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first() if user_id is not None else None
    if user is None and user_id is not None:
        return Recipient("", "", "")
    row = order_models.Order.objects.select_related("billing_address").filter(token=order_id).first()
    return either.recipient_of(user, row)


def shipping_address(order_id: str) -> str:
    """Where an order goes, as one line of text; "" when it goes nowhere."""
    row = order_models.Order.objects.select_related("shipping_address").filter(token=order_id).first()
    return either.postal_lines(row.shipping_address if row else None)


def note_on_order(order_id: str, key: str, text: str) -> None:
    """Put one text under one key of an order's private metadata, in one statement that leaves all others alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE order_order SET private_metadata = coalesce(private_metadata, '{}')"
            " || jsonb_build_object(%s::text, %s::text) WHERE token = %s",
            [key, text, order_id],
        )


def take_notes_off(order_ids: Iterable[str], key: str) -> None:
    """Take what is under one key off the private metadata of orders."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE order_order SET private_metadata = private_metadata - %s"
            " WHERE token = ANY(%s) AND private_metadata ? %s",
            [key, list(order_ids), key],
        )


def has_notes(order_ids: Iterable[str], key: str) -> bool:
    """Whether there is something under one key of the private metadata of one of these orders."""
    with connection.cursor() as cursor:
        sql = "SELECT EXISTS (SELECT FROM order_order WHERE token = ANY(%s) AND private_metadata ? %s)"
        cursor.execute(sql, [list(order_ids), key])
        return bool(cursor.fetchone()[0])


def person(user: Any) -> Person:
    """The person behind a user row."""
    return Person(user.pk, user.email, confirmed=is_proved(user.is_active))


def people(user_ids: Iterable[int]) -> dict[int, Person]:
    """The people behind many user rows, by user id."""
    rows = get_user_model().objects.filter(pk__in=user_ids).values_list("pk", "email", "is_active")
    return {pk: Person(pk, email, confirmed=is_proved(is_active)) for pk, email, is_active in rows}


def issue_voucher(
    code: str,
    name: str,
    amount: Decimal,
    channel: Channel,
    user_id: int | None,
    ends_at: datetime | None,
    minimum_spent: Decimal | None = None,
) -> None:
    """Create a voucher over a fixed amount off one order."""
    _save(either.voucher_terms(name, ends_at), code, amount, channel, minimum_spent)


def issue_shipping_voucher(
    code: str,
    name: str,
    amount: Decimal,
    channel: Channel,
    user_id: int | None,
    ends_at: datetime | None,
    minimum_spent: Decimal | None = None,
) -> None:
    """Create a voucher over a fixed amount off the shipping of one order."""
    _save(either.shipping_voucher_terms(name, ends_at), code, amount, channel, minimum_spent)


def issue_product_voucher(
    code: str,
    name: str,
    amount: Decimal,
    channel: Channel,
    product_id: int,
    ends_at: datetime | None,
    minimum_spent: Decimal | None = None,
) -> None:
    """Create a voucher over a fixed amount off one piece of a product."""
    voucher = either.product_voucher_terms(name, ends_at)
    _save(voucher, code, amount, channel, minimum_spent)
    voucher.products.add(product_id)


def _save(voucher: Voucher, code: str, amount: Decimal, channel: Channel, minimum_spent: Decimal | None) -> None:
    voucher.code, voucher.discount_value, voucher.currency = code, amount, channel.currency
    voucher.min_spent_amount = minimum_spent
    voucher.save(force_insert=True)


def gift_cards_accepted(channel_id: str) -> bool:
    """Whether a gift card's code can be used at checkout."""
    return True


def issue_gift_card(
    code: str, name: str, amount: Decimal, channel: Channel, user_id: int | None, ends_at: datetime | None
) -> None:
    """Create a gift card with this balance, for a user or for whoever has its code."""
    GiftCard.objects.create(
        code=code,
        user=get_user_model().objects.get(pk=user_id) if user_id is not None else None,
        currency=channel.currency,
        initial_balance_amount=amount,
        current_balance_amount=amount,
        end_date=ends_at.date() if ends_at else None,
    )


def checkout(token: str) -> Checkout | None:
    """The facts about a checkout as the host computes them, or None when there is no such checkout."""
    row = either.checkout_rows(token).prefetch_related("lines__variant__product").first()
    if row is None:
        return None
    lines, discounts = list(row), fetch_active_discounts()
    priced = {"checkout": row, "lines": lines, "discounts": discounts}
    goods = calculations.checkout_subtotal(**priced).gross.amount
    total = calculations.checkout_total(**priced).gross - row.get_total_gift_cards_balance()
    return Checkout(
        id=token,
        user_id=row.user_id,
        channel_id=CHANNEL_ID,
        currency=row.currency,
        voucher_code=row.voucher_code or "",
        gift_card_codes=frozenset(row.gift_cards.values_list("code", flat=True)),
        goods=goods,
        shipping=calculations.checkout_shipping_price(**priced).gross.amount,
        payable=max(Decimal(0), total.amount),
        product_ids=frozenset(line.variant.product_id for line in lines),
    )


def whereabouts(code: str) -> Whereabouts:
    """Where a code is; its row stays locked until the end of the transaction."""
    return either.whereabouts_in(_LOCK_CODE, _CARRIERS, code)


def withdraw_voucher(code: str) -> None:
    """Make a voucher worthless, whatever staff made of its limit: also for a draft that somebody puts it on later."""
    worthless = {"usage_limit": 1, "used": 1, "discount_value": 0, "end_date": timezone.now()}
    Voucher.objects.filter(code=code).update(**worthless)


def allow_writer() -> ContextManager[None]:
    """Permission to use the primary database; this generation has no other."""
    return nullcontext()


def writing(context: Any) -> ContextManager[None]:
    """The surroundings of a mutation: reads after writes come from the primary database."""
    return nullcontext()


def current_user(context: Any) -> Any:
    """The user who is signed in, or None."""
    user = getattr(context, "user", None)
    return user if user is not None and user.is_authenticated else None


def signed_in_by_cookie(context: Any) -> bool:
    """Whether nothing but a cookie says who sends a request, so that another site could make a browser send it."""
    return "HTTP_AUTHORIZATION" not in context.META and "JWT" in context.COOKIES


def date_time_type() -> Any:
    """The GraphQL scalar `DateTime` of the host's schema."""
    from graphene import DateTime

    return DateTime


def query_costs(costs: dict[str, Any]) -> None:
    """Declare what our fields cost a query; this generation does not count."""


def shopping_country(context: Any) -> str:
    """The code of the country that stock is looked up for: where the host takes the customer to be, "" anywhere."""
    return str(getattr(getattr(context, "country", None), "code", ""))


def product_node(product: Any, channel_slug: str) -> Any:
    """A product row as the host's GraphQL type `Product` wants it."""
    return product


def visible_ids(kind: str, ids: Iterable[int]) -> set[int]:
    """Those of the ids that are a category, or a published collection or product, as `kind` says."""
    rows = {
        "category": Category.objects.all(),
        "collection": Collection.objects.published(),
        "product": Product.objects.published(),
    }[kind]
    return set(rows.filter(pk__in=list(ids)).values_list("pk", flat=True))


def shown_products(product_ids: Iterable[int], channel_id: str, now: datetime, *, keep: bool = False) -> frozenset[int]:
    """Those of the products that a channel shows at a moment; `keep` keeps them until the transaction ends."""
    return either.products_shown_in(PUBLISHED, product_ids, channel_id, now, keep)


def mail_server(channel_id: str) -> MailServer | None:
    """The SMTP server of a channel's mails to customers; none here but Django's."""
    return None
