"""What both Saleor generations spell alike, offered by each of their modules under the same names."""

from __future__ import annotations

from collections import namedtuple
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from inspect import unwrap
from itertools import groupby
from typing import Any, Iterable, Iterator, Mapping
from uuid import UUID

import graphene
from babel.core import UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sites.models import Site
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection
from django.db.models import F, Func, Q, TextField
from django.utils.translation import get_language, to_locale
from prices import Money as PricesMoney
from saleor.checkout.models import Checkout as CheckoutRow
from saleor.core.utils import build_absolute_uri
from saleor.discount import DiscountValueType, VoucherType
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order as OrderRow
from saleor.plugins.base_plugin import BasePlugin as SaleorPlugin
from saleor.plugins.base_plugin import ConfigurationTypeField
from saleor.plugins.error_codes import PluginErrorCode
from saleor.plugins.manager import PluginsManager
from saleor.plugins.models import PluginConfiguration
from saleor.product.models import Category, Collection
from saleor.product.models import Product as ProductRow

from saleor_reciprocity import addresses
from saleor_reciprocity.addresses import normalised

from .facts import BoughtProduct, Line, Person, Recipient, Whereabouts
from .indexes import Index, make_missing_indexes

__all__ = [
    "CATALOGUE",
    "CATEGORIES_ABOVE",
    "IN_COLLECTIONS",
    "PRODUCTS",
    "USERS",
    "ConfigurationTypeField",
    "SaleorPlugin",
    "absolute_address",
    "calls_hook",
    "categories_within",
    "checkout_rows",
    "configuration_error",
    "configured_values",
    "data_loader",
    "decimal_type",
    "decimals",
    "extend_schema",
    "formatted",
    "groups_of",
    "has_permission",
    "hold_user",
    "hold_users",
    "in_groups",
    "loaded_schema",
    "make_missing_indexes",
    "money",
    "money_type",
    "order_node",
    "orders_of",
    "part",
    "person_with_email",
    "pieces",
    "postal_lines",
    "product_exists",
    "product_loader",
    "product_type",
    "product_voucher_terms",
    "products_shown_in",
    "put_on_checkout",
    "recipient_of",
    "rounded_down",
    "schema_is_built",
    "sender",
    "shelves",
    "shipping_voucher_terms",
    "shop_name",
    "switch_off",
    "unknown_groups",
    "unknown_ids",
    "user_with_id",
    "users_at",
    "voucher_terms",
    "whereabouts_in",
    "withdraw_gift_card",
]


# Every product of the shop with its category.
CATALOGUE = """
SELECT p.id AS product_id, p.name AS product_name, c.id AS category_id, c.name AS category_name
FROM product_product p LEFT JOIN product_category c ON c.id = p.category_id
"""

# The relation of products, for a FROM clause: `id`, `name`, `category_id`. SELLABLE and PUBLISHED speak of a row of it.
PRODUCTS = "product_product"

# The relation of users, for a FROM clause: `id`.
USERS = "account_user"

# Every category with itself and with each one above it; `depth` is how far down the tree that one is.
CATEGORIES_ABOVE = """
SELECT own.id AS category_id, above.id AS above_id, above.level AS depth
FROM product_category own JOIN product_category above
  ON above.tree_id = own.tree_id AND own.lft BETWEEN above.lft AND above.rght
"""

# What is in which collection; `place` is the order that staff gave it.
IN_COLLECTIONS = "SELECT m.product_id, m.collection_id, m.sort_order AS place FROM product_collectionproduct m"


def configuration_error(messages: Mapping[str, str]) -> ValidationError:
    """The error that the plugin page shows at the fields named in `messages`."""
    code = PluginErrorCode.INVALID.value
    return ValidationError({name: ValidationError(text, code=code) for name, text in messages.items()})


def configured_values(row: PluginConfiguration | None) -> tuple[bool, dict[str, Any]]:
    """Whether the plugin is switched on in a stored configuration, and its values by name."""
    if row is None:
        return False, {}
    return row.active, {item["name"]: item.get("value") for item in row.configuration or []}


def switch_off(row: PluginConfiguration) -> None:
    """Store that the plugin is switched off in a configuration."""
    row.active = False
    row.save(update_fields=["active"])


def calls_hook(name: str) -> bool:
    """Whether the host's manager of plugins still hands a hook on: it has it, and names it to the plugins."""
    method = getattr(PluginsManager, name, None)
    return method is not None and name in unwrap(method).__code__.co_consts


def absolute_address(location: str) -> str:
    """The public address of a path of this shop's Saleor."""
    return str(build_absolute_uri(location))


def shop_name() -> str:
    """What the shop is called."""
    return str(Site.objects.get_current().name)


def sender() -> str:
    """The shop's own sender of mails, `name <address>`; "" when it has none."""
    try:
        return str(Site.objects.get_current().settings.default_from_email)
    except (ImproperlyConfigured, Site.settings.RelatedObjectDoesNotExist, ValueError):
        return ""


def recipient_of(user: Any, order_row: Any) -> Recipient:
    """Where a user, or None, or else whoever placed an order, is written to."""
    billing = order_row.billing_address if order_row else None
    email = user.email if user else order_row.user_email if order_row else ""
    name = (user.first_name if user else "") or (billing.first_name if billing else "")
    language = order_row.language_code if order_row else getattr(user, "language_code", "")
    return Recipient(email or "", name, language or "")


def user_with_id(user_id: int) -> Any:
    """The user with this id, or None."""
    return get_user_model().objects.filter(pk=user_id).first()


def hold_user(user_id: int) -> bool:
    """Let nobody delete a user until the end of the transaction. Returns whether there is such a user.

    Who writes rows that name a user holds the user first of all: a deletion holds the user, and then those rows.
    """
    return bool(hold_users([user_id]))


def hold_users(user_ids: Iterable[int]) -> set[int]:
    """The same for many. Returns those that there are."""
    with connection.cursor() as cursor:
        sql = f"SELECT id FROM {USERS} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"  # noqa: S608 - a constant
        cursor.execute(sql, [list(user_ids)])
        return {user_id for (user_id,) in cursor.fetchall()}


def person_with_email(email: str) -> Person:
    """The guest behind an e-mail address."""
    return Person(None, email, confirmed=False)


def named(columns: Mapping[str, str]) -> str:
    """Expressions of SQL under their names, for a SELECT."""
    return ", ".join(f"{sql} AS {name}" for name, sql in columns.items())


def values(columns: Mapping[str, str]) -> str:
    """Expressions of SQL without their names, for a ROW."""
    return ", ".join(columns.values())


def by_order(sql: str, order_ids: list[str]) -> Iterator[list[Any]]:
    """What a statement about chosen orders finds, order by order, if its rows are sorted so."""
    rows = named_rows(sql, {"order_ids": order_ids}) if order_ids else []
    for _order_id, of_order in groupby(rows, key=lambda row: row.order_id):
        yield list(of_order)


def fingerprints(sql: str, order_ids: list[str]) -> dict[str, str]:
    """The fingerprints that a statement about chosen orders finds, by order."""
    rows = named_rows(sql, {"order_ids": order_ids}) if order_ids else []
    return {row.order_id: row.fingerprint for row in rows}


def paid_goods(lines: tuple[Line, ...], total: Decimal, shipping: Decimal) -> Decimal:
    """What was paid for goods: the lines' totals, less what the whole order's discounts and gift cards took off."""
    return max(Decimal(0), min(sum((line.total for line in lines), Decimal(0)), total - shipping))


def checkout_rows(token: str) -> Any:
    """The row of the checkout with this token, as a query."""
    try:
        return CheckoutRow.objects.filter(pk=UUID(token))
    except ValueError:
        return CheckoutRow.objects.none()


def put_on_checkout(info: Any, token: str, code: str) -> bool:
    """Put a code on a checkout, as the host's own mutation does. Returns whether the host accepted it."""
    from saleor.graphql.checkout.mutations import CheckoutAddPromoCode

    checkout_id = graphene.Node.to_global_id("Checkout", token)
    try:
        CheckoutAddPromoCode.perform_mutation(None, info, checkout_id=checkout_id, promo_code=code)
    except ValidationError:
        return False
    return True


def voucher_terms(name: str, ends_at: datetime | None) -> Voucher:
    """An unsaved voucher over a fixed amount off one whole order, usable once."""
    return Voucher(
        name=name,
        type=VoucherType.ENTIRE_ORDER,
        discount_value_type=DiscountValueType.FIXED,
        usage_limit=1,
        end_date=ends_at,
    )


def shipping_voucher_terms(name: str, ends_at: datetime | None) -> Voucher:
    """An unsaved voucher over a fixed amount off the shipping of one order, usable once."""
    voucher = voucher_terms(name, ends_at)
    voucher.type = VoucherType.SHIPPING
    return voucher


def product_voucher_terms(name: str, ends_at: datetime | None) -> Voucher:
    """An unsaved voucher over a fixed amount off one piece of what it will name, usable once."""
    voucher = voucher_terms(name, ends_at)
    voucher.type, voucher.apply_once_per_order = VoucherType.SPECIFIC_PRODUCT, True
    return voucher


def products_shown_in(
    published: str, product_ids: Iterable[int], channel_id: str, now: datetime, keep: bool
) -> frozenset[int]:
    """Those of the products that fulfil the condition `published` in a channel; `keep` locks them against deletion."""
    wanted = list(product_ids)
    if not wanted:
        return frozenset()
    values = {"ids": wanted, "channel": int(channel_id), "now": now, "today": now.date()}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.id FROM {PRODUCTS} p CROSS JOIN (SELECT %(channel)s::int AS id) c"  # noqa: S608 - constants
            f" WHERE p.id = ANY(%(ids)s) AND {published} {'FOR KEY SHARE OF p' if keep else ''}",
            values,
        )
        return frozenset(row[0] for row in cursor.fetchall())


def product_exists(product_id: int) -> bool:
    """Whether the shop has this product."""
    return bool(ProductRow.objects.filter(pk=product_id).exists())


def categories_within(category_id: int) -> list[int]:
    """A category and all below it; nothing when there is none with this id."""
    top = Category.objects.filter(pk=category_id)
    return list(Category.tree.get_queryset_descendants(top, include_self=True).values_list("pk", flat=True))


def products_on(lines: Any) -> tuple[BoughtProduct, ...]:
    """The different products on an order's lines that the shop still has, in their order."""
    rows = lines.filter(variant__isnull=False)
    names: dict[int, str] = {}
    for product_id, translated, name in rows.values_list(
        "variant__product_id", "translated_product_name", "product_name"
    ):
        names.setdefault(product_id, translated or name)
    return tuple(BoughtProduct(product_id, name) for product_id, name in names.items())


def in_groups(user_id: int | None, names: Iterable[str]) -> bool:
    """Whether a user is in one of the groups with these names."""
    return bool(get_user_model().objects.filter(pk=user_id, groups__name__in=list(names)).exists())


def groups_of(user_id: int | None) -> frozenset[str]:
    """The names of the groups that a user is in."""
    return frozenset(
        get_user_model().objects.filter(pk=user_id, groups__isnull=False).values_list("groups__name", flat=True)
    )


def unknown_groups(names: Iterable[str]) -> set[str]:
    """Which of these names no group has."""
    groups = get_user_model()._meta.get_field("groups").related_model
    return set(names) - set(groups.objects.filter(name__in=list(names)).values_list("name", flat=True))


def unknown_ids(kind: str, ids: Iterable[int]) -> set[int]:
    """Which of these ids no product, category or collection (the `kind`) has."""
    rows = {"product": ProductRow, "category": Category, "collection": Collection}[kind].objects
    return set(ids) - set(rows.filter(pk__in=list(ids)).values_list("pk", flat=True))


# The category of each product with all above it, and its collections.
_SHELVES = """
SELECT p.id, coalesce(array_agg(DISTINCT above.id) FILTER (WHERE above.id IS NOT NULL), '{}'),
  coalesce(array_agg(DISTINCT cp.collection_id) FILTER (WHERE cp.collection_id IS NOT NULL), '{}')
FROM product_product p LEFT JOIN product_category c ON c.id = p.category_id
LEFT JOIN product_category above ON above.tree_id = c.tree_id AND above.lft <= c.lft AND above.rght >= c.rght
LEFT JOIN product_collectionproduct cp ON cp.product_id = p.id
WHERE p.id = ANY(%s) GROUP BY p.id
"""


def shelves(product_ids: Iterable[int]) -> dict[int, tuple[frozenset[int], frozenset[int]]]:
    """For each product its categories, from its own up to the topmost, and its collections."""
    with connection.cursor() as cursor:
        cursor.execute(_SHELVES, [list(product_ids)])
        return {pk: (frozenset(categories), frozenset(found)) for pk, categories, found in cursor.fetchall()}


def named_rows(sql: str, params: Any) -> list[Any]:
    """What a statement finds, each row with its columns as attributes."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row_type = _row_type(tuple(column[0] for column in cursor.description))
        return [row_type(*row) for row in cursor.fetchall()]


@lru_cache(maxsize=None)
def _row_type(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns)


def shipments(row: Any) -> tuple[tuple[datetime, int], ...]:
    """When how many pieces of an order line were shipped."""
    return tuple(zip(row.moments or (), row.pieces or ()))


def pieces(shipments: Iterable[tuple[datetime, int]]) -> int:
    """How many pieces were shipped in all."""
    return sum(quantity for _moment, quantity in shipments)


def part(amount: Decimal, whole: Decimal, of_whole: Decimal) -> Decimal:
    """The same part of an amount as `of_whole` is of `whole`."""
    return amount * of_whole / whole if whole else amount


def orders_of(person: Person) -> Any:
    """The order rows of a person: the user's own, and those under the address; drafts among them."""
    mine = Q(address=normalised(person.email)) if person.email else Q(pk=None)
    rows = OrderRow.objects.annotate(address=_address("user_email"))
    return rows.filter(mine | Q(user_id=person.user_id) if person.user_id is not None else mine)


def users_at(email: str) -> list[int]:
    """The ids of all users with this address, in whatever spelling, proved or not."""
    rows = get_user_model().objects.annotate(address=_address("email")).filter(address=normalised(email))
    return list(rows.values_list("pk", flat=True))


def _address(column: str) -> Func:
    return Func(F(column), function=addresses.SQL_NAME, output_field=TextField())


# What finds the orders and users of an address.
INDEXES_OF_ADDRESSES: tuple[Index, ...] = (
    ("reciprocity_orders_of_address", "order_order", addresses.in_sql("user_email")),
    ("reciprocity_users_of_address", "account_user", addresses.in_sql("email")),
)

# Each look-up reads all that its index leads to, however few are wanted: a planner who hopes to meet somebody's orders
# early would read the orders of everybody.
_EARLIER = """
WITH mine AS MATERIALIZED (
  SELECT placed_at, number FROM ({numbered}) n WHERE (n.user_id = %(user)s OR n.address = %(address)s))
SELECT count(*) FROM (
  SELECT FROM mine WHERE (placed_at, number) < (%(before)s::timestamptz, %(number)s::bigint) LIMIT %(most)s) earlier
"""


def count_earlier(numbered: str, person: Person, before: datetime, number: str, at_most: int) -> int:
    """How many of the orders in the SQL `numbered` a person placed before a moment or, in it, under a lower number."""
    values = {
        "user": person.user_id,
        "address": normalised(person.email) or None,
        "before": before,
        "number": int(number or 0),
        "most": at_most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_EARLIER.format(numbered=numbered), values)
        return int(cursor.fetchone()[0])


def postal_lines(address: Any) -> str:
    """What tells one postal address from another, whoever lives there; "" of None."""
    if address is None:
        return ""
    parts = (address.street_address_1, address.street_address_2, address.postal_code, address.city, address.country)
    return " ".join(str(part) for part in parts)


def decimals(currency: str) -> int:
    """How many decimals an amount of this currency can have in the shop."""
    return min(get_currency_precision(currency), settings.DEFAULT_DECIMAL_PLACES)


def formatted(amount: Decimal, currency: str) -> str:
    """An amount of money as people write it in the active language."""
    try:
        return str(format_currency(amount, currency, locale=to_locale(get_language() or "en")))
    except (UnknownLocaleError, ValueError):
        return str(format_currency(amount, currency, locale="en"))


def rounded_down(amount: Decimal, currency: str) -> Decimal:
    """An amount of money without what the currency has no coins for."""
    return amount.quantize(Decimal(1).scaleb(-decimals(currency)), rounding=ROUND_DOWN)


def whereabouts_in(locks: Iterable[str], carriers: str, code: str) -> Whereabouts:
    """Where a code is. Its rows stay locked until the end of the transaction, as the host locks them to count a use.

    One statement then looks everywhere: a draft that becomes an order meanwhile is seen as one of the two.
    """
    with connection.cursor() as cursor:
        counted: list[bool] = []
        for lock in locks:
            cursor.execute(lock, {"code": code})
            counted += [bool(row[0]) for row in cursor.fetchall()]
        cursor.execute(carriers, {"code": code})
        rows = cursor.fetchall()
    orders = [order_id for order_id, is_held in rows if not is_held]
    return Whereabouts(
        exists=bool(counted),
        is_counted=any(counted),
        is_held=any(is_held for _order_id, is_held in rows),
        order_id=orders[0] if orders else "",
    )


def withdraw_gift_card(code: str) -> None:
    """Switch a gift card off."""
    GiftCard.objects.filter(code=code).update(is_active=False)


def money(amount: Decimal, currency: str) -> PricesMoney:
    """An amount of money as the host's GraphQL type `Money` wants it."""
    return PricesMoney(amount, currency)


def money_type() -> Any:
    """The host's GraphQL type `Money`."""
    from saleor.graphql.core.types.money import Money

    return Money


def decimal_type() -> Any:
    """The GraphQL scalar `Decimal` of the host's schema."""
    from saleor.graphql.core.scalars import Decimal as DecimalType

    return DecimalType


def data_loader() -> Any:
    """The host's base class for loaders that batch look-ups within one request."""
    from saleor.graphql.core.dataloaders import DataLoader

    return DataLoader


def product_type() -> Any:
    """The host's GraphQL type `Product`."""
    from saleor.graphql.product.types import Product as ProductType

    return ProductType


def product_loader(context: Any) -> Any:
    """The host's loader of product rows by id, which reads all products of a request at once."""
    from saleor.graphql.product.dataloaders import ProductByIdLoader

    return ProductByIdLoader(context)


def order_node(root: Any) -> Any:
    """The order row behind what a resolver of the type Order receives."""
    return getattr(root, "node", root)


def has_permission(context: Any, permission: str) -> bool:
    """Whether the app or user behind a request holds a permission such as "order.manage_orders"."""
    requestor = getattr(context, "app", None) or getattr(context, "user", None)
    return bool(requestor and requestor.has_perm(permission))


def schema_is_built() -> bool:
    """Whether the host has built its GraphQL schema, after which nothing can be added to it."""
    import sys

    return "saleor.graphql.api" in sys.modules


def loaded_schema() -> Any:
    """The host's GraphQL schema."""
    from saleor.graphql.api import schema

    return schema


def extend_schema(queries: type, mutations: type, fields: Mapping[str, Mapping[str, Any]]) -> None:
    """Add queries, mutations and fields of the host's types to the schema that the host has yet to build.

    The host's schema module inherits its Query and Mutation from CoreQueries and CoreMutations, which it imports by
    name; graphene turns fields into GraphQL only when the schema is built. So classes put in their place, and fields
    added to `_meta`, are in the schema as if they had always been there, however many plugins do the same.
    """
    from saleor.graphql.account.types import User
    from saleor.graphql.checkout.types import Checkout
    from saleor.graphql.core import schema as core
    from saleor.graphql.order.types import Order

    core.CoreQueries = type("CoreQueries", (queries, core.CoreQueries), {})
    core.CoreMutations = type("CoreMutations", (mutations, core.CoreMutations), {})
    for graphene_type in (User, Order, Checkout):
        graphene_type._meta.fields.update(fields.get(graphene_type._meta.name, {}))
