"""Saleor 3.21 to 3.23: channels, UUID order ids, returns, two payment systems, a replica that must be asked for."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from email.utils import formataddr
from inspect import signature
from typing import Any, ContextManager, Iterable, Iterator

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from saleor.channel.models import Channel as ChannelRow
from saleor.checkout import base_calculations, calculations
from saleor.checkout.fetch import fetch_checkout_info, fetch_checkout_lines
from saleor.core.db import connection as database
from saleor.core.exceptions import PermissionDenied
from saleor.discount.models import Voucher, VoucherChannelListing, VoucherCode
from saleor.giftcard.models import GiftCard
from saleor.order import FulfillmentStatus
from saleor.order import models as order_models
from saleor.payment.models import TransactionItem
from saleor.plugins.manager import get_plugins_manager
from saleor.plugins.models import PluginConfiguration
from saleor.product import ProductTypeKind
from saleor.product.models import Category, Collection, Product

from saleor_reciprocity.addresses import in_sql

from . import either
from .catalogue3 import BOUGHT, CHANNEL, IN_CHECKOUT, PUBLISHED, PURCHASES, SELLABLE
from .either import *  # noqa: F403
from .facts import BoughtProduct, Channel, Checkout, Line, MailServer, Order, OrderState, Person, Recipient, Whereabouts
from .orders3 import (
    CHARGED_TO_GIFT_CARDS,
    CHOSEN_ORDERS,
    GIVEN_BACK,
    INDEXES,
    ORDER_STATES,
    PLACED_AT,
    TOUCHED_ORDERS,
    customers,
    is_uuid,
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
    "order_confirmed",
    "order_updated",
    "order_paid",
    "order_fully_paid",
    "order_refunded",
    "order_fully_refunded",
    "order_fulfilled",
    "order_cancelled",
    "order_expired",
    "order_bulk_created",
    "fulfillment_created",
    "fulfillment_approved",
    "fulfillment_canceled",
)

VOUCHER_CODE_LENGTH = 16
GIFT_CARD_CODE_LENGTH = 16  # the width of the host's column

_WITH_THE_CUSTOMER = {FulfillmentStatus.FULFILLED, FulfillmentStatus.REPLACED}

# Orders that count, by whoever placed them; cancelled and expired ones do not count.
ORDERS_OF_PEOPLE = f"""
SELECT o.id::text AS order_id, o.channel_id::text AS channel_id, o.created_at AS placed_at,
  {in_sql("coalesce(u.email, o.user_email)")} AS person
FROM order_order o LEFT JOIN account_user u ON u.id = o.user_id
WHERE o.status NOT IN ('draft', 'unconfirmed', 'canceled', 'expired')
"""  # noqa: S608 - constants

# Orders that count, with what was left to pay for goods and for shipping, and their lines: what `order` gives, in SQL.
SOLD_ORDERS = f"""
SELECT o.id::text AS order_id, o.channel_id::text AS channel_id, o.user_id, coalesce(u.email, o.user_email) AS email,
  o.number::text AS order_number, o.currency,
  {GIVEN_BACK} AS refunded, {PLACED_AT} AS placed_at,
  {in_sql("coalesce(u.email, o.user_email)")} AS person,
  greatest(least(l.total, o.total_gross_amount - o.shipping_price_gross_amount)
    - {CHARGED_TO_GIFT_CARDS}, 0) AS goods,
  o.shipping_price_gross_amount AS shipping, o.shipping_price_net_amount AS shipping_net, 0 AS off_shipping
FROM order_order o LEFT JOIN account_user u ON u.id = o.user_id
CROSS JOIN LATERAL (SELECT coalesce(sum(total_price_gross_amount), 0) AS total
  FROM order_orderline WHERE order_id = o.id) l
WHERE o.status NOT IN ('draft', 'unconfirmed', 'canceled', 'expired') AND o.origin <> 'reissue'
"""  # noqa: S608 - a constant
SOLD_LINES = """
SELECT l.order_id::text AS order_id, l.id::text AS line_id, p.id AS product_id, p.category_id, l.quantity,
  l.total_price_gross_amount AS total, l.total_price_net_amount AS total_net, l.is_gift_card
FROM order_orderline l JOIN order_order o ON o.id = l.order_id
LEFT JOIN product_productvariant v ON v.id = l.variant_id LEFT JOIN product_product p ON p.id = v.product_id
"""
# What left the shop of which line, and whether the customer has it or gave it back.
MOVED_PIECES = """
SELECT fl.order_line_id::text AS line_id, f.created_at AS moved_at, fl.quantity,
  f.status IN ('fulfilled', 'replaced') AS is_kept
FROM order_fulfillmentline fl JOIN order_fulfillment f ON f.id = fl.fulfillment_id
JOIN order_order o ON o.id = f.order_id
WHERE f.status IN ('fulfilled', 'replaced', 'returned', 'refunded', 'refunded_and_returned')
"""
# Which orders count when somebody's are numbered, as `earlier_orders` does.
NUMBERED_ORDERS = f"""
SELECT o.id, o.user_id, {in_sql("o.user_email")} AS address, {PLACED_AT} AS placed_at, o.number::bigint AS number
FROM order_order o WHERE o.status NOT IN ('draft', 'unconfirmed', 'canceled', 'expired')
"""  # noqa: S608 - constants
GROUP_MEMBERS = "SELECT m.user_id, g.name FROM account_user_groups m JOIN account_group g ON g.id = m.group_id"

PROMO_CODES = "SELECT code FROM discount_vouchercode UNION ALL SELECT code FROM giftcard_giftcard"
_COUNTS = "o.status NOT IN ('draft', 'canceled', 'expired')"

# A condition on a `{code}`: the host counted a use, or an order that counts carries it; imports count no use.
CODE_WAS_USED = f"""(
  EXISTS (SELECT 1 FROM discount_vouchercode c WHERE c.code = {{code}} AND (c.used > 0 OR NOT c.is_active OR EXISTS (
    SELECT 1 FROM order_order o WHERE o.voucher_id = c.voucher_id
      AND coalesce(o.voucher_code, c.code) = c.code AND {_COUNTS})))
  OR EXISTS (SELECT 1 FROM order_order o WHERE o.voucher_code = {{code}} AND {_COUNTS})
  OR EXISTS (SELECT 1 FROM giftcard_giftcard g WHERE g.code = {{code}} AND (
    g.current_balance_amount < g.initial_balance_amount OR EXISTS (SELECT 1 FROM order_order_gift_cards u
      JOIN order_order o ON o.id = u.order_id WHERE u.giftcard_id = g.id AND {_COUNTS}))))
"""  # noqa: S608 - constants of this module

# The rows of a code, each with whether the host counted a use; and what carries it, with whether that is yet to come.
# Since 3.23 a gift card can be reserved for, or charged to, a payment.
_LOCK_CODE = (
    "SELECT used > 0 OR NOT is_active FROM discount_vouchercode WHERE code = %(code)s FOR NO KEY UPDATE",
    "SELECT current_balance_amount < initial_balance_amount FROM giftcard_giftcard WHERE code = %(code)s"
    " FOR NO KEY UPDATE",
)
_PAYMENTS = (
    """UNION ALL SELECT o.id::text, o.id IS NULL, o.created_at
  FROM giftcard_giftcard g JOIN payment_transactionitem i ON i.gift_card_id = g.id
  LEFT JOIN order_order o ON o.id = i.order_id
  WHERE g.code = %(code)s AND (i.checkout_id IS NOT NULL
    OR o.status NOT IN ('canceled', 'expired') AND i.authorized_value + i.charged_value > 0)"""
    if hasattr(TransactionItem, "gift_card")
    else ""
)
_CARRIERS = f"""
SELECT order_id, is_held FROM (
  SELECT o.id::text AS order_id, o.status = 'draft' AS is_held, o.created_at FROM order_order o JOIN (
    SELECT id FROM order_order WHERE voucher_code = %(code)s
    UNION SELECT o.id FROM discount_vouchercode c JOIN order_order o ON o.voucher_id = c.voucher_id
      WHERE c.code = %(code)s AND o.voucher_code IS NULL
    UNION SELECT u.order_id FROM giftcard_giftcard g JOIN order_order_gift_cards u ON u.giftcard_id = g.id
      WHERE g.code = %(code)s
  ) c ON c.id = o.id WHERE o.status NOT IN ('canceled', 'expired')
  UNION ALL SELECT NULL, true, NULL FROM giftcard_giftcard g JOIN checkout_checkout_gift_cards k
    ON k.giftcard_id = g.id WHERE g.code = %(code)s
  {_PAYMENTS}
) carrier ORDER BY created_at
"""  # noqa: S608 - constants of this module

# A withdrawn code has a new name; see withdraw_voucher. Our codes have no hyphen of their own.
VOUCHERS_OF_CODES = "SELECT voucher_id, split_part(code, '-', 1) AS code FROM discount_vouchercode"

# What codes took off orders that count. Of gift cards, those that paid an order alone: what the order's total is
# lower by then came from that card. By the voucher, because an order may lack the code of a voucher that it used.
CODES_OF_ORDERS = f"""
SELECT v.code, o.id::text AS order_id, NULL::numeric AS taken
FROM order_order o JOIN ({VOUCHERS_OF_CODES}) v ON v.voucher_id = o.voucher_id
WHERE o.status NOT IN ('draft', 'canceled', 'expired')
UNION ALL
SELECT o.voucher_code, o.id::text, NULL FROM order_order o
WHERE o.status NOT IN ('draft', 'canceled', 'expired') AND o.voucher_id IS NULL AND o.voucher_code IS NOT NULL
UNION ALL
SELECT g.code, o.id::text, greatest(0, o.shipping_price_gross_amount - o.total_gross_amount +
  (SELECT coalesce(sum(l.total_price_gross_amount), 0) FROM order_orderline l WHERE l.order_id = o.id))
FROM order_order_gift_cards u JOIN giftcard_giftcard g ON g.id = u.giftcard_id JOIN order_order o ON o.id = u.order_id
WHERE o.status NOT IN ('draft', 'canceled', 'expired') AND o.voucher_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM order_order_gift_cards w WHERE w.order_id = o.id AND w.id <> u.id)
"""  # noqa: S608 - a constant of this module


def channels() -> list[Channel]:
    """Every channel of the shop."""
    return [_channel(row) for row in ChannelRow.objects.order_by("pk")]


def channel(channel_id: str) -> Channel | None:
    """The channel with this id, or None."""
    row = ChannelRow.objects.filter(pk=channel_id).first()
    return _channel(row) if row else None


def channel_by_slug(slug: str | None) -> Channel | None:
    """The channel with this slug; with None, the only channel of the shop; else None."""
    rows = ChannelRow.objects.all() if slug is None else ChannelRow.objects.filter(slug=slug)
    found = list(rows[:2])
    return _channel(found[0]) if len(found) == 1 else None


def _channel(row: ChannelRow) -> Channel:
    return Channel(str(row.pk), row.slug, row.currency_code)


def plugin_configuration(plugin_id: str, channel_id: str) -> tuple[bool, dict[str, Any]]:
    """Whether a plugin is switched on in a channel, and its stored values by name."""
    row = PluginConfiguration.objects.filter(identifier=plugin_id, channel_id=channel_id).first()
    return either.configured_values(row)


def configured_channel(configuration: Any) -> Channel | None:
    """The channel that a plugin configuration row is for."""
    return _channel(configuration.channel) if configuration.channel else None


def order_id(order_row: Any) -> str:
    """The id under which an order is known to us: the text that was its token in Saleor 2."""
    return str(order_row.pk)


def order_id_of_number(number: str) -> str | None:
    """The id of the order with this number, as people see it, or None."""
    rows = order_models.Order.objects.filter(number=number) if number.isdigit() else order_models.Order.objects.none()
    found = rows.values_list("pk", flat=True).first()
    return str(found) if found else None


def order_key(order_id: str, number: str) -> str:
    """What GraphQL knows an order by, from our id and the order's number."""
    return order_id


def checkout_channel_id(row: Any) -> str:
    """The id of the channel of a checkout row."""
    return str(row.channel_id)


def order_of_checkout(row: Any) -> Order:
    """The order that a checkout would become now. Asks the host for its prices, which it refreshes if they are old."""
    manager = get_plugins_manager(allow_replica=False)
    lines, _missing = fetch_checkout_lines(row)
    info = fetch_checkout_info(row, lines, manager)
    wanted = signature(calculations.fetch_checkout_data).parameters
    more = {"requestor": None} if "requestor" in wanted else {}  # since 3.23
    priced = calculations.fetch_checkout_data(info, manager, lines, **more)
    info, lines = priced.get() if hasattr(priced, "get") else priced
    checkout = info.checkout
    facts = tuple(_checkout_line(line) for line in lines)
    left = max(Decimal(0), checkout.total_gross_amount - checkout.get_total_gift_cards_balance().amount)
    return Order(
        id=str(row.pk),
        number="",
        channel_id=str(row.channel_id),
        currency=row.currency,
        placed_at=timezone.now(),
        state=OrderState.PLACED,
        replaces_another=False,
        person=person(row.user) if row.user else Person(None, row.email or "", confirmed=False),
        goods=either.paid_goods(facts, left, checkout.shipping_price_gross_amount),
        shipping=checkout.shipping_price_gross_amount,
        shipping_net=checkout.shipping_price_net_amount,
        refunded=Decimal(0),
        lines=facts,
    )


def _checkout_line(info: Any) -> Line:
    return Line(
        id=str(info.line.pk),
        product_id=info.product.pk if info.product else None,
        quantity=info.line.quantity,
        fulfilled=0,
        given_back=0,
        total=info.line.total_price_gross_amount,
        total_net=info.line.total_price_net_amount,
        is_gift_card=info.product_type.kind == ProductTypeKind.GIFT_CARD,
    )


def shipped_at(order_id: str) -> datetime | None:
    """When the newest shipment of an order was made that the customer still has; None without any."""
    if not is_uuid(order_id):
        return None
    shipments = order_models.Fulfillment.objects.filter(order__pk=order_id, status__in=_WITH_THE_CUSTOMER)
    return shipments.order_by("created_at").values_list("created_at", flat=True).last()


def order_language(order_id: str) -> str:
    """The language in which an order was placed, such as "en" or "zh-hans"; "" when there is no such order."""
    if not is_uuid(order_id):
        return ""
    rows = order_models.Order.objects.filter(pk=order_id)
    return rows.values_list("language_code", flat=True).first() or ""


def ordered_products(order_id: str) -> tuple[BoughtProduct, ...]:
    """The different products of an order that the shop still has."""
    if not is_uuid(order_id):
        return ()
    return either.products_on(order_models.OrderLine.objects.filter(order__pk=order_id).order_by("created_at", "pk"))


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
    rows = order_models.Order.objects.select_related("billing_address")
    row = rows.filter(pk=order_id).first() if is_uuid(order_id) else None
    return either.recipient_of(user, row)


def shipping_address(order_id: str) -> str:
    """Where an order goes, as one line of text; "" when it goes nowhere."""
    row = order_models.Order.objects.select_related("shipping_address").filter(pk=order_id).first()
    return either.postal_lines(row.shipping_address if row else None)


def note_on_order(order_id: str, key: str, text: str) -> None:
    """Put one text under one key of an order's private metadata, in one statement that leaves all others alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE order_order SET private_metadata = coalesce(private_metadata, '{}')"
            " || jsonb_build_object(%s::text, %s::text) WHERE id = %s::uuid",
            [key, text, order_id],
        )


def take_notes_off(order_ids: Iterable[str], key: str) -> None:
    """Take what is under one key off the private metadata of orders."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE order_order SET private_metadata = private_metadata - %s"
            " WHERE id = ANY(%s::uuid[]) AND private_metadata ? %s",
            [key, list(order_ids), key],
        )


def has_notes(order_ids: Iterable[str], key: str) -> bool:
    """Whether there is something under one key of the private metadata of one of these orders."""
    with connection.cursor() as cursor:
        sql = "SELECT EXISTS (SELECT FROM order_order WHERE id = ANY(%s::uuid[]) AND private_metadata ? %s)"
        cursor.execute(sql, [list(order_ids), key])
        return bool(cursor.fetchone()[0])


def person(user: Any) -> Person:
    """The person behind a user row."""
    return Person(user.pk, user.email, confirmed=user.is_active and user.is_confirmed)


def people(user_ids: Iterable[int]) -> dict[int, Person]:
    """The people behind many user rows, by user id."""
    rows = get_user_model().objects.filter(pk__in=user_ids).values_list("pk", "email", "is_active", "is_confirmed")
    return {pk: Person(pk, email, confirmed=active and confirmed) for pk, email, active, confirmed in rows}


def issue_voucher(
    code: str,
    name: str,
    amount: Decimal,
    channel: Channel,
    user_id: int | None,
    ends_at: datetime | None,
    minimum_spent: Decimal | None = None,
) -> None:
    """Create a voucher over a fixed amount off one order, valid in this channel only."""
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
    """Create a voucher over a fixed amount off the shipping of one order, valid in this channel only."""
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
    """Create a voucher over a fixed amount off one piece of a product, valid in this channel only."""
    voucher = either.product_voucher_terms(name, ends_at)
    _save(voucher, code, amount, channel, minimum_spent)
    voucher.products.add(product_id)


def _save(voucher: Voucher, code: str, amount: Decimal, channel: Channel, minimum_spent: Decimal | None) -> None:
    """Store a voucher with all of the host's ways to let it through once.

    Its limit and `single_use` are read before they are written, so two orders at once can both pass. Once per
    customer is a unique row in the database, which stops the second order of the same address.
    """
    voucher.single_use = voucher.apply_once_per_customer = True
    voucher.save(force_insert=True)
    VoucherChannelListing.objects.create(
        voucher=voucher,
        channel_id=channel.id,
        currency=channel.currency,
        discount_value=amount,
        min_spent_amount=minimum_spent,
    )
    VoucherCode.objects.create(voucher=voucher, code=code)


def gift_cards_accepted(channel_id: str) -> bool:
    """Whether a gift card's code can be used at checkout; since 3.23 a channel may refuse them."""
    row = ChannelRow.objects.filter(pk=channel_id).first()
    return row is not None and getattr(row, "allow_legacy_gift_card_use", True)


def issue_gift_card(
    code: str, name: str, amount: Decimal, channel: Channel, user_id: int | None, ends_at: datetime | None
) -> None:
    """Create a gift card with this balance; where the host can bind it to a user (3.23), nobody else can spend it."""
    card = GiftCard(
        code=code,
        currency=channel.currency,
        initial_balance_amount=amount,
        current_balance_amount=amount,
        expiry_date=ends_at.date() if ends_at else None,
    )
    if user_id is not None and hasattr(GiftCard, "assigned_to"):
        user = get_user_model().objects.get(pk=user_id)
        card.assigned_to, card.assigned_to_email = user, user.email
    card.save(force_insert=True)


def checkout(token: str) -> Checkout | None:
    """The facts about a checkout as the host computes them, or None when there is no such checkout."""
    row = either.checkout_rows(token).select_related("channel").first()
    if row is None:
        return None
    manager = get_plugins_manager(allow_replica=False)
    lines, _ = fetch_checkout_lines(row)
    info = fetch_checkout_info(row, lines, manager)
    priced = {"manager": manager, "checkout_info": info, "lines": lines}
    if "address" in signature(calculations.checkout_subtotal).parameters:  # until 3.22
        priced["address"] = info.shipping_address or info.billing_address
    total = calculations.calculate_checkout_total_with_gift_cards(**priced)
    return Checkout(
        id=token,
        user_id=row.user_id,
        channel_id=str(row.channel_id),
        currency=row.currency,
        voucher_code=row.voucher_code or "",
        gift_card_codes=frozenset(row.gift_cards.values_list("code", flat=True)),
        goods=base_calculations.base_checkout_subtotal(lines, row.channel, row.currency).amount,
        shipping=base_calculations.base_checkout_delivery_price(info, lines).amount,
        payable=max(Decimal(0), total.gross.amount),
        product_ids=frozenset(line.product.pk for line in lines if line.product),
    )


def whereabouts(code: str) -> Whereabouts:
    """Where a code is; its rows stay locked until the end of the transaction."""
    return either.whereabouts_in(_LOCK_CODE, _CARRIERS, code)


def withdraw_voucher(code: str) -> None:
    """Make a voucher worthless, whatever staff made of it.

    The code gets another name: an order that found it valid a moment ago looks it up by name again to lock it.
    """
    VoucherCode.objects.filter(code=code).update(is_active=False, code=f"{code}-withdrawn")


def allow_writer() -> ContextManager[None]:
    """Permission to use the primary database."""
    return database.allow_writer()


@contextmanager
def writing(context: Any) -> Iterator[None]:
    """The surroundings of a mutation: reads after writes come from the primary database."""
    context.allow_replica = False
    with database.allow_writer():
        yield


def current_user(context: Any) -> Any:
    """The user who is signed in, or None."""
    return getattr(context, "user", None) or None


def signed_in_by_cookie(context: Any) -> bool:
    """Whether nothing but a cookie says who sends a request; this generation looks at none."""
    return False


def date_time_type() -> Any:
    """The GraphQL scalar `DateTime` of the host's schema."""
    from saleor.graphql.core.scalars import DateTime

    return DateTime


def query_costs(costs: dict[str, Any]) -> None:
    """Declare what our fields cost a query: a GraphQL type, its fields, and for each the host's cost entry."""
    from saleor.graphql.query_cost_map import COST_MAP

    for type_name, fields in costs.items():
        COST_MAP.setdefault(type_name, {}).update(fields)


def shopping_country(context: Any) -> str:
    """The code of the country that stock is looked up for; "" is anywhere, as long as nobody has given an address."""
    return ""


def product_node(product: Any, channel_slug: str) -> Any:
    """A product row as the host's GraphQL type `Product` wants it."""
    from saleor.graphql import channel
    from saleor.graphql.core import context

    home = channel if hasattr(channel, "ChannelContext") else context  # it moved in 3.22
    return home.ChannelContext(node=product, channel_slug=channel_slug)


def visible_ids(kind: str, ids: Iterable[int]) -> set[int]:
    """Those of the ids that are a category, or a collection or product (as `kind` says) published in some channel."""
    rows = {"category": Category, "collection": Collection, "product": Product}[kind].objects.filter(pk__in=list(ids))
    if kind != "category":
        published = Q(channel_listings__published_at=None) | Q(channel_listings__published_at__lte=timezone.now())
        rows = rows.filter(
            published, channel_listings__is_published=True, channel_listings__channel__is_active=True
        ).distinct()
    return set(rows.values_list("pk", flat=True))


def shown_products(product_ids: Iterable[int], channel_id: str, now: datetime, *, keep: bool = False) -> frozenset[int]:
    """Those of the products that a channel shows at a moment; `keep` keeps them until the transaction ends."""
    return either.products_shown_in(PUBLISHED, product_ids, channel_id, now, keep)


def mail_server(channel_id: str) -> MailServer | None:
    """The SMTP server of a channel's mails to customers: that of the host's plugin of mails, if it is on."""
    row = ChannelRow.objects.filter(pk=channel_id).first()
    plugin = _plugins().get_plugin("mirumee.notifications.user_email", channel_slug=row.slug) if row else None
    if plugin is None or not plugin.active:
        return None
    config = plugin.config  # what is empty there comes from USER_EMAIL_URL, each by itself, as in the host's own mails
    server = config.host or settings.USER_EMAIL_HOST
    if not server:
        return None
    return MailServer(
        host=server,
        port=int(config.port or settings.USER_EMAIL_PORT or 25),
        username=config.username or settings.USER_EMAIL_HOST_USER,
        password=config.password or settings.USER_EMAIL_HOST_PASSWORD,
        use_tls=config.use_tls or settings.USER_EMAIL_USE_TLS,
        use_ssl=config.use_ssl or settings.USER_EMAIL_USE_SSL,
        sender=formataddr((config.sender_name or "", config.sender_address)) if config.sender_address else "",
    )


def _plugins() -> Any:
    from saleor.plugins.manager import get_plugins_manager

    return get_plugins_manager(allow_replica=False)
