"""A test shop in Saleor 2.10."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Iterable, Iterator

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test.utils import override_settings
from django.utils import timezone
from saleor.app.models import App
from saleor.checkout.models import Checkout
from saleor.discount.models import Voucher
from saleor.order import OrderStatus
from saleor.order.models import Order
from saleor.plugins.manager import get_plugins_manager
from saleor.product.models import Category, Collection, Product, ProductType, ProductVariant

from saleor_reciprocity import host

from . import either
from .either import *  # noqa: F403

__all__ = [
    *either.__all__,
    "DATED_CHANGES",
    "FACTS_CHANGED_BY",
    "FACTS_THAT_NEVER_CHANGE",
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

MULTI_CHANNEL = False
RETURNS = False
SHIPPED_AT = "created"
STOCK_WITHOUT_ZONES = False


def prepare() -> None:
    """What this generation needs before its test database is made."""


def open_channel(slug: str = "default-channel", currency: str = "USD") -> host.Channel:
    """The shop's only channel."""
    return host.channels()[0]


def open_shop(channel: host.Channel) -> None:
    """A shop for real checkouts: one product over 40, shipped for 10, no taxes, no mail to confirm an address."""
    either.site()
    either.serve_from_test_database()
    method = either.shipping_method(currency=channel.currency, price_amount=10, minimum_order_price_amount=0)
    either.stocked_variant(
        method.shipping_zone,
        currency=channel.currency,
        price_amount=40,
        minimal_variant_price_amount=40,
        is_published=True,
    )


def reprice(price: str, channel: host.Channel) -> None:
    """Let everything cost so much."""
    Product.objects.update(price_amount=Decimal(price), minimal_variant_price_amount=Decimal(price))


def configure(channel: host.Channel, active: bool | None = None, **values: Any) -> None:
    """Save the plugin's page."""
    get_plugins_manager().save_plugin_configuration("saleor_reciprocity", either.configuration_input(active, values))


def customer(email: str, confirmed: bool = True, staff: bool = False) -> Any:
    """A customer, or a member of staff, with the password "password"."""
    user = get_user_model()(email=email, is_active=confirmed, is_staff=staff)
    user.set_password("password")
    user.save()
    return user


def limit_to(user: Any, channels: Iterable[host.Channel]) -> None:
    """Put a member of staff in a group that may act in these channels only; here there is one and no such group."""


def administrator(email: str, password: str) -> Any:
    """A member of staff who may do everything."""
    user = customer(email, staff=True)
    user.is_superuser = True
    user.set_password(password)
    user.save()
    return user


def order(
    buyer: Any,
    lines: list[tuple[str, int]],
    shipping: str = "0",
    discount: str = "0",
    status: str = OrderStatus.UNFULFILLED,
    placed_at: datetime | None = None,
    channel: host.Channel | None = None,
) -> Order:
    """An order of a user or a guest's address, with (unit price, quantity) lines. It fires no hook."""
    guest = isinstance(buyer, str)
    total = sum(Decimal(price) * quantity for price, quantity in lines) + Decimal(shipping) - Decimal(discount)
    row = Order.objects.create(
        user=None if guest else buyer,
        user_email=buyer if guest else buyer.email,
        status=status,
        created=placed_at or timezone.now(),
        shipping_price_net_amount=Decimal(shipping),
        shipping_price_gross_amount=Decimal(shipping),
        discount_amount=Decimal(discount),
        total_net_amount=total,
        total_gross_amount=total,
    )
    for position, (price, quantity) in enumerate(lines):
        row.lines.create(
            product_name=f"Product {position}",
            product_sku=f"sku-{position}",
            is_shipping_required=True,
            quantity=quantity,
            unit_price_net_amount=Decimal(price),
            unit_price_gross_amount=Decimal(price),
        )
    return row


def pay_with_gift_card(order: Order, amount: str) -> None:
    """Take so much off what is left to pay, as the host does for a gift card."""
    either.change(order, total_gross_amount=order.total_gross_amount - Decimal(amount))


def use_voucher(code: str) -> None:
    """Count one use of a voucher, as an order does."""
    Voucher.objects.filter(code=code).update(used=1)


def put_voucher(order: Order, code: str) -> None:
    """Use a voucher for an order."""
    use_voucher(code)
    order.voucher = Voucher.objects.get(code=code)
    order.save(update_fields=["voucher"])


def link_voucher(order: Order, code: str) -> None:
    """Write the voucher on an order, in one statement."""
    Order.objects.filter(pk=order.pk).update(voucher=Voucher.objects.get(code=code))


def count_use(code: str) -> bool:
    """Count one use of a voucher as a checkout that is being completed does. Returns whether the host allowed it."""
    from saleor.checkout.models import Checkout
    from saleor.checkout.utils import get_voucher_for_checkout
    from saleor.discount.utils import increase_voucher_usage

    with transaction.atomic():
        voucher = get_voucher_for_checkout(Checkout(voucher_code=code), with_lock=True)
        if voucher is not None:
            increase_voucher_usage(voucher)
    return voucher is not None


def code_is_valid(code: str) -> bool:
    """Whether a voucher's code can be put on a checkout."""
    return bool(Voucher.objects.active(timezone.now()).filter(code=code).exists())


def mail_through(port: int, channel: host.Channel, settings: Any) -> None:
    """Let the shop send its mails to an SMTP server on this machine."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    site = either.site()
    site.default_mail_sender_address = "shop@example.com"
    site.save()


def customer_to_confirm(email: str) -> Any:
    """A customer who was asked for a proof of the address and has not given it."""
    return customer(email, confirmed=False)


def confirm(user: Any) -> None:
    """The customer proves the address."""
    user.is_active = True
    user.save()


def customer_without_confirmation(email: str) -> Any:
    """A customer who can sign in though nobody asked for a proof of the address."""
    return customer(email, confirmed=True)


def find_order(order_id: str) -> Order:
    """The order row behind our id."""
    return Order.objects.get(token=order_id)


def ship_at(order: Order, moment: datetime) -> None:
    """Ship all of an order at a moment."""
    either.ship(order)
    order.fulfillments.update(created=moment)


def sell(order: Order, position: int, name: str, category: str = "Cups") -> Any:
    """Let a line of an order be about a product that the shop has; returns the product."""
    variant = either.product(name, category, currency=order.currency, price_amount=40, minimal_variant_price_amount=40)
    order.lines.filter(product_sku=f"sku-{position}").update(variant=variant, product_name=name)
    return variant.product


def speak(order: Order, language: str) -> None:
    """Say in which language an order was placed."""
    order.language_code = language
    order.save(update_fields=["language_code"])


def report(hook: str, subject: Any) -> None:
    """Call a hook of every plugin, as the shop does."""
    getattr(get_plugins_manager(), hook)(subject)


def as_user(user: Any) -> either.GraphQL:
    """A GraphQL client that is signed in as this user."""
    from graphql_jwt.shortcuts import get_token

    return either.GraphQL(f"JWT {get_token(user)}")


@contextmanager
def short_tokens(seconds: int) -> Iterator[None]:
    """Let the tokens that are given meanwhile live for so long, and count."""
    lifetime = {"JWT_EXPIRATION_DELTA": timedelta(seconds=seconds), "JWT_VERIFY_EXPIRATION": True}
    with override_settings(GRAPHQL_JWT={**settings.GRAPHQL_JWT, **lifetime}):
        yield


def as_app(*permissions: str) -> either.GraphQL:
    """A GraphQL client with the token of an app that has these permissions."""
    app = App.objects.create(name="app", is_active=True)
    either.give_rights(app.permissions, *permissions)
    return either.GraphQL(f"Bearer {app.tokens.create().auth_token}")


def checkout(buyer: Any, price: str, quantity: int = 1) -> Checkout:
    """A checkout of a user or a guest's address with pieces of a new product, without shipping."""
    kind, _ = ProductType.objects.get_or_create(name="File", slug="file", is_shipping_required=False)
    category, _ = Category.objects.get_or_create(name="Files", slug="files")
    number = Product.objects.count()
    product = Product.objects.create(
        name="File",
        slug=f"file-{number}",
        product_type=kind,
        category=category,
        price_amount=Decimal(price),
        minimal_variant_price_amount=Decimal(price),
        is_published=True,
    )
    row = Checkout.objects.create(**either.whose(buyer))
    row.lines.create(variant=ProductVariant.objects.create(product=product, sku=f"file-{number}"), quantity=quantity)
    return row


def in_channel(channel: host.Channel, product: Any, variant: Any) -> None:
    """Put a product up for sale."""
    type(product).objects.filter(pk=product.pk).update(is_published=True)


def hide(product: Any) -> None:
    """Unpublish a product."""
    type(product).objects.filter(pk=product.pk).update(is_published=False)


def published_collection(name: str, channel: host.Channel) -> Any:
    """A collection that customers see."""
    return Collection.objects.create(name=name, slug=name.lower(), is_published=True)


def count_stock(by_zones: bool) -> None:
    """Count stock by shipping zones, as this generation always does."""


DATED_CHANGES = either.DATED_CHANGES
FACTS_CHANGED_BY = {
    **either.FACTS_CHANGED_BY,
    "Order.placed_at": lambda order: either.change(order, created=order.created - timedelta(days=1)),
    "Order.goods by a voucher for the shipping": lambda order: _take_off_shipping(order),
    "Order.off_shipping": lambda order: _take_off_shipping(order),
    "Person.confirmed": lambda order: either.change_user(order, is_active=False),
    "Line.total": lambda order: either.change_line(order, unit_price_gross_amount=Decimal(11)),
    "Line.total_net": lambda order: either.change_line(order, unit_price_net_amount=Decimal(8)),
}
FACTS_THAT_NEVER_CHANGE = {
    "Order.id": "the token",
    "Order.number": "the key of its row",
    "Order.channel_id": "there is one channel",
    "Order.replaces_another": "no order says so",
    "Line.id": "the key of its row",
    "Line.given_back": "there are no returns",
    "Line.is_gift_card": "no product is one",
}


def _take_off_shipping(order: Order) -> None:
    """Let a voucher for the shipping have been used for what was taken off the order."""
    voucher = Voucher.objects.create(code="SHIP", type="shipping", discount_value=2)
    either.change(order, voucher=voucher)
