"""A test shop in Saleor 3."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Iterable, Iterator

import django.test
from django.contrib.auth import get_user_model
from django.db import connections, transaction
from django.test.utils import override_settings
from django.utils import timezone
from saleor.account.models import Group
from saleor.app.models import App
from saleor.channel.models import Channel as ChannelRow
from saleor.checkout.models import Checkout
from saleor.discount.models import VoucherCode
from saleor.giftcard.models import GiftCard
from saleor.order import FulfillmentStatus, OrderOrigin, OrderStatus
from saleor.order.models import Order
from saleor.payment.models import TransactionItem
from saleor.plugins.manager import get_plugins_manager
from saleor.plugins.models import PluginConfiguration
from saleor.product.models import (
    Category,
    Collection,
    Product,
    ProductType,
    ProductVariant,
    ProductVariantChannelListing,
)
from saleor.site.models import SiteSettings
from saleor.tax.models import TaxConfiguration

from demo.storefront import PROVIDER
from saleor_reciprocity import host

from . import either
from .either import *  # noqa: F403

__all__ = [
    *either.__all__,
    "DATED_CHANGES",
    "FACTS_CHANGED_BY",
    "FACTS_THAT_NEVER_CHANGE",
    "charge_back",
    "transact",
    "MULTI_CHANNEL",
    "as_app",
    "as_user",
    "mail_through",
    "checkout",
    "code_is_valid",
    "customer_without_confirmation",
    "use_voucher",
    "RETURNS",
    "administrator",
    "configure",
    "confirm",
    "STOCK_WITHOUT_ZONES",
    "count_stock",
    "count_use",
    "customer",
    "customer_to_confirm",
    "find_order",
    "hide",
    "in_channel",
    "limit_to",
    "link_voucher",
    "give_back",
    "open_channel",
    "open_shop",
    "pay_with_gift_card",
    "order",
    "prepare",
    "published_collection",
    "put_voucher",
    "report",
    "reprice",
    "sell",
    "SHIPPED_AT",
    "ship_at",
    "short_tokens",
    "speak",
]

MULTI_CHANNEL = True
RETURNS = True
SHIPPED_AT = "created_at"
STOCK_WITHOUT_ZONES = hasattr(SiteSettings, "use_legacy_shipping_zone_stock_availability")


def prepare() -> None:
    """What this generation needs before its test database is made."""
    import saleor.graphql.api  # noqa: F401 - a migration of the host imports in an order that works only after this
    from saleor.tests.utils import FakeDbReplicaConnection

    class Replica(FakeDbReplicaConnection):
        """The primary connection under the replica's name: a state set under one name is the state under both."""

        def __setattr__(self, name: str, value: Any) -> None:
            owner = self if name in ("replica_conn", "writer_conn") else self.writer_conn
            object.__setattr__(owner, name, value)

    for case in (django.test.TransactionTestCase, django.test.TestCase):
        case.databases = {"default", "replica"}
    connections["replica"] = Replica(connections["replica"])


def open_channel(slug: str = "default-channel", currency: str = "USD") -> host.Channel:
    """The channel with this slug, opened if it is new."""
    ChannelRow.objects.get_or_create(
        slug=slug, defaults={"name": slug, "currency_code": currency, "default_country": "US", "is_active": True}
    )
    found = host.channel_by_slug(slug)
    assert found is not None
    return found


def open_shop(channel: host.Channel) -> None:
    """A shop for real checkouts: one product over 40, shipped for 10, no taxes, and a provider that takes the money."""
    either.site()
    either.give_rights(customer(PROVIDER[0], staff=True).user_permissions, "payment.handle_payments")
    either.serve_from_test_database()
    listed = {"channel_id": channel.id, "currency": channel.currency}
    TaxConfiguration.objects.get_or_create(channel_id=channel.id, defaults={"charge_taxes": False})
    method = either.shipping_method()
    method.shipping_zone.channels.add(channel.id)
    method.channel_listings.create(price_amount=10, minimum_order_price_amount=0, **listed)
    variant = either.stocked_variant(method.shipping_zone)
    variant.stocks.get().warehouse.channels.add(channel.id)
    variant.channel_listings.create(price_amount=40, discounted_price_amount=40, **listed)
    variant.product.channel_listings.create(
        is_published=True,
        visible_in_listings=True,
        available_for_purchase_at=timezone.now(),
        discounted_price_amount=40,
        **listed,
    )


def reprice(price: str, channel: host.Channel) -> None:
    """Let everything cost so much in a channel."""
    listings = ProductVariantChannelListing.objects.filter(channel_id=channel.id)
    listings.update(price_amount=Decimal(price), discounted_price_amount=Decimal(price))


def configure(channel: host.Channel, active: bool | None = None, **values: Any) -> None:
    """Save the plugin's page."""
    get_plugins_manager(allow_replica=False).save_plugin_configuration(
        "saleor_reciprocity", channel.slug, either.configuration_input(active, values)
    )


def customer(email: str, confirmed: bool = True, staff: bool = False) -> Any:
    """A customer, or a member of staff, with the password "password"."""
    user = get_user_model()(email=email, is_active=True, is_confirmed=confirmed, is_staff=staff)
    if hasattr(user, "customer_type_id"):
        from saleor.account.models import CustomerType

        default = {"name": "Customer", "slug": "customer"}  # a migration made one, which emptied tables have lost
        user.customer_type, _ = CustomerType.objects.get_or_create(is_default=True, defaults=default)
    user.set_password("password")
    user.save()
    return user


def limit_to(user: Any, channels: Iterable[host.Channel]) -> None:
    """Put a member of staff in a group that may act in these channels only."""
    group = Group.objects.create(name=f"Only so many {Group.objects.count()}", restricted_access_to_channels=True)
    group.channels.set([channel.id for channel in channels])
    user.groups.add(group)


def administrator(email: str, password: str) -> Any:
    """A member of staff who may do everything."""
    user = customer(email, staff=True)
    user.is_superuser = True
    user.set_password(password)
    user.save()
    user.groups.add(Group.objects.create(name="Every channel", restricted_access_to_channels=False))
    return user


def order(
    buyer: Any,
    lines: list[tuple[str, int]],
    shipping: str = "0",
    discount: str = "0",
    status: str = OrderStatus.UNFULFILLED,
    placed_at: datetime | None = None,
    channel: host.Channel | None = None,
    origin: str = OrderOrigin.CHECKOUT,
) -> Order:
    """An order of a user or a guest's address, with (unit price, quantity) lines. It fires no hook."""
    channel = channel or open_channel()
    guest = isinstance(buyer, str)
    goods = sum(Decimal(price) * quantity for price, quantity in lines)
    total = goods + Decimal(shipping) - Decimal(discount)
    row = Order.objects.create(
        user=None if guest else buyer,
        user_email=buyer if guest else buyer.email,
        status=status,
        origin=origin,
        channel_id=channel.id,
        currency=channel.currency,
        created_at=placed_at or timezone.now(),
        lines_count=len(lines),
        shipping_price_net_amount=Decimal(shipping),
        shipping_price_gross_amount=Decimal(shipping),
        total_net_amount=total,
        total_gross_amount=total,
    )
    for position, (price, quantity) in enumerate(lines):
        line_total = Decimal(price) * quantity
        row.lines.create(
            product_name=f"Product {position}",
            product_sku=f"sku-{position}",
            is_shipping_required=True,
            is_gift_card=False,
            quantity=quantity,
            currency=channel.currency,
            unit_price_net_amount=Decimal(price),
            unit_price_gross_amount=Decimal(price),
            total_price_net_amount=line_total,
            total_price_gross_amount=line_total,
        )
    return row


def pay_with_gift_card(order: Order, amount: str) -> None:
    """Pay so much with a gift card; before it became a means of payment it was taken off what is left to pay."""
    if hasattr(TransactionItem, "gift_card"):
        transact(order, charged=amount, gift_card=_gift_card())
    else:
        either.change(order, total_gross_amount=order.total_gross_amount - Decimal(amount))


def use_voucher(code: str) -> None:
    """Count one use of a voucher, as an order does."""
    VoucherCode.objects.filter(code=code).update(used=1, is_active=False)


def put_voucher(order: Order, code: str) -> None:
    """Use a voucher for an order."""
    use_voucher(code)
    order.voucher_code, order.voucher_id = code, VoucherCode.objects.get(code=code).voucher_id
    order.save(update_fields=["voucher_code", "voucher"])


def link_voucher(order: Order, code: str) -> None:
    """Write the voucher on an order, in one statement."""
    voucher_id = VoucherCode.objects.values_list("voucher_id", flat=True).get(code__startswith=code)
    Order.objects.filter(pk=order.pk).update(voucher_id=voucher_id, voucher_code=code)


def count_use(code: str) -> bool:
    """Count one use of a voucher as a checkout that is being completed does. Returns whether the host allowed it."""
    from saleor.checkout.models import Checkout
    from saleor.checkout.utils import get_voucher_for_checkout
    from saleor.discount.utils.voucher import increase_voucher_usage

    with transaction.atomic():
        try:
            voucher, row = get_voucher_for_checkout(Checkout(voucher_code=code), "default-channel", with_lock=True)
        except VoucherCode.DoesNotExist:
            return False
        if voucher is not None:
            increase_voucher_usage(voucher, row, "ada@example.com")
    return voucher is not None


def code_is_valid(code: str) -> bool:
    """Whether a voucher's code can be put on a checkout."""
    return bool(VoucherCode.objects.filter(code=code, is_active=True, used=0).exists())


def mail_through(port: int, channel: host.Channel, settings: Any) -> None:
    """Let the shop send its mails to an SMTP server on this machine."""
    settings.EMAIL_BACKEND = ""  # as it is where EMAIL_URL is unset
    settings.PLUGINS = [*settings.PLUGINS, "saleor.plugins.user_email.plugin.UserEmailPlugin"]
    values = {"host": "127.0.0.1", "port": str(port), "sender_name": "Shop", "sender_address": "shop@example.com"}
    PluginConfiguration.objects.create(
        identifier="mirumee.notifications.user_email",
        channel_id=channel.id,
        active=True,
        configuration=[{"name": name, "value": value} for name, value in values.items()],
    )


def customer_to_confirm(email: str) -> Any:
    """A customer who was asked for a proof of the address and has not given it."""
    return customer(email, confirmed=False)


def confirm(user: Any) -> None:
    """The customer proves the address."""
    user.is_confirmed = True
    user.save()


def customer_without_confirmation(email: str) -> Any:
    """A customer who can sign in though nobody asked for a proof of the address."""
    return customer(email, confirmed=False)


def find_order(order_id: str) -> Order:
    """The order row behind our id."""
    return Order.objects.get(pk=order_id)


def give_back(order: Order, position: int, quantity: int, refunded: bool = True) -> None:
    """Return pieces of one shipped line, as the host stores it: moved to a fulfilment of its own."""
    line = order.lines.get(product_sku=f"sku-{position}")
    shipped = line.fulfillment_lines.filter(fulfillment__status=FulfillmentStatus.FULFILLED).first()
    assert shipped is not None
    shipped.quantity -= quantity
    shipped.save()
    status = FulfillmentStatus.REFUNDED_AND_RETURNED if refunded else FulfillmentStatus.RETURNED
    order.fulfillments.create(status=status).lines.create(order_line=line, quantity=quantity)
    if refunded:
        either.refund(order, str(line.unit_price_gross_amount * quantity))


def ship_at(order: Order, moment: datetime) -> None:
    """Ship all of an order at a moment."""
    either.ship(order)
    order.fulfillments.update(created_at=moment)


def sell(order: Order, position: int, name: str, category: str = "Cups") -> Any:
    """Let a line of an order be about a product that the shop has; returns the product."""
    variant = either.product(name, category)
    order.lines.filter(product_sku=f"sku-{position}").update(variant=variant, product_name=name)
    return variant.product


def speak(order: Order, language: str) -> None:
    """Say in which language an order was placed."""
    order.language_code = language
    order.save(update_fields=["language_code"])


def report(hook: str, subject: Any) -> None:
    """Call a hook of every plugin, as the shop does."""
    getattr(get_plugins_manager(allow_replica=False), hook)(subject)


def as_user(user: Any) -> either.GraphQL:
    """A GraphQL client that is signed in as this user."""
    from saleor.core.jwt import create_access_token

    return either.GraphQL(f"Bearer {create_access_token(user)}")


@contextmanager
def short_tokens(seconds: int) -> Iterator[None]:
    """Let the tokens that are given meanwhile live for so long, and count."""
    with override_settings(JWT_EXPIRE=True, JWT_TTL_ACCESS=timedelta(seconds=seconds)):
        yield


def as_app(*permissions: str) -> either.GraphQL:
    """A GraphQL client with the token of an app that has these permissions."""
    app = App.objects.create(name="app", is_active=True)
    either.give_rights(app.permissions, *permissions)
    _, token = app.tokens.create()
    return either.GraphQL(f"Bearer {token}")


def checkout(buyer: Any, price: str, quantity: int = 1) -> Checkout:
    """A checkout of a user or a guest's address with pieces of a new product, without shipping."""
    channel = ChannelRow.objects.get(slug=open_channel().slug)
    TaxConfiguration.objects.get_or_create(channel=channel, defaults={"charge_taxes": False})
    kind, _ = ProductType.objects.get_or_create(name="File", slug="file", is_shipping_required=False)
    category, _ = Category.objects.get_or_create(name="Files", slug="files")
    number = Product.objects.count()
    product = Product.objects.create(name="File", slug=f"file-{number}", product_type=kind, category=category)
    variant = ProductVariant.objects.create(product=product, sku=f"file-{number}")
    listed = {"channel": channel, "currency": channel.currency_code}
    variant.channel_listings.create(price_amount=Decimal(price), discounted_price_amount=Decimal(price), **listed)
    product.channel_listings.create(
        is_published=True,
        visible_in_listings=True,
        available_for_purchase_at=timezone.now(),
        discounted_price_amount=Decimal(price),
        **listed,
    )
    row = Checkout.objects.create(**either.whose(buyer), **listed)
    row.lines.create(
        variant=variant,
        quantity=quantity,
        currency=channel.currency_code,
        undiscounted_unit_price_amount=Decimal(price),
    )
    return row


def in_channel(channel: host.Channel, product: Any, variant: Any) -> None:
    """Put a product and its variant up for sale in a channel."""
    TaxConfiguration.objects.get_or_create(channel_id=channel.id, defaults={"charge_taxes": False})
    listed = {"channel_id": channel.id, "currency": channel.currency, "discounted_price_amount": 10}
    variant.channel_listings.create(price_amount=10, **listed)
    product.channel_listings.create(
        is_published=True, visible_in_listings=True, available_for_purchase_at=timezone.now(), **listed
    )


def hide(product: Any) -> None:
    """Unpublish a product everywhere."""
    product.channel_listings.update(is_published=False)


def published_collection(name: str, channel: host.Channel) -> Any:
    """A collection that customers see."""
    row = Collection.objects.create(name=name, slug=name.lower())
    row.channel_listings.create(channel_id=channel.id, is_published=True)
    return row


def count_stock(by_zones: bool) -> None:
    """Count stock by shipping zones or by the warehouses of a channel, and keep what lies in checkouts."""
    settings = either.site()
    settings.reserve_stock_duration_anonymous_user = 60
    if STOCK_WITHOUT_ZONES:
        settings.use_legacy_shipping_zone_stock_availability = by_zones
    settings.save()


DATED_CHANGES = {
    **either.DATED_CHANGES,
    "a transaction": lambda order: transact(order, charged="17", refunded="3"),
    "a charge-back": lambda order: charge_back(transact(order, charged="20"), "20"),
    "a change of the row": lambda order: either.change(order, status="canceled", updated_at=timezone.now()),
}
FACTS_CHANGED_BY = {
    **either.FACTS_CHANGED_BY,
    "Order.number": lambda order: either.change(order, number=order.number + 1000),
    "Order.channel_id": lambda order: either.change(order, channel_id=open_channel("other").id),
    "Order.placed_at": lambda order: either.change(order, created_at=order.created_at - timedelta(days=1)),
    "Order.replaces_another": lambda order: either.change(order, origin="reissue"),
    "Order.refunded by a transaction": lambda order: transact(order, charged="17", refunded="3"),
    "Order.refunded by a reversed refund": lambda order: _reverse_refund(order),
    "Order.refunded by a charge-back": lambda order: charge_back(transact(order, charged="20"), "20"),
    "Person.confirmed": lambda order: either.change_user(order, is_confirmed=False),
    "Line.given_back": lambda order: give_back(order, 0, 1, refunded=False),
    "Line.total": lambda order: either.change_line(order, total_price_gross_amount=Decimal(15)),
    "Line.total_net": lambda order: either.change_line(order, total_price_net_amount=Decimal(15)),
    "Line.is_gift_card": lambda order: either.change_line(order, is_gift_card=True),
}
if hasattr(TransactionItem, "gift_card"):
    FACTS_CHANGED_BY["Order.goods by a gift card"] = lambda order: transact(order, charged="5", gift_card=_gift_card())
FACTS_THAT_NEVER_CHANGE = {
    "Order.id": "the key of its row",
    "Order.off_shipping": "the shipping is stored without it",
    "Line.id": "the key of its row",
}


def transact(order: Order, charged: str, refunded: str = "0", **more: Any) -> TransactionItem:
    """Pay for an order by a transaction."""
    return order.payment_transactions.create(
        currency=order.currency, charged_value=Decimal(charged), refunded_value=Decimal(refunded), **more
    )


def charge_back(item: TransactionItem, amount: str) -> None:
    """Let the bank take back what was charged, as a payment app reports it."""
    item.events.create(
        type="charge_back", amount_value=Decimal(amount), currency=item.currency, include_in_calculations=True
    )
    item.charged_value -= Decimal(amount)
    item.save()


def _reverse_refund(order: Order) -> None:
    """Let a part of a refund of 3 have come back."""
    either.refund(order, "3")
    order.payments.get().transactions.create(
        kind="refund_reversed", is_success=True, amount=1, currency=order.currency, token="", gateway_response={}
    )


def _gift_card() -> GiftCard:
    return GiftCard.objects.create(code="CARD1234", currency="USD", initial_balance_amount=5, current_balance_amount=5)
