"""A catalogue for tests: categories, collections and products that can be bought, and what people bought of them."""

from __future__ import annotations

from datetime import datetime
from importlib.util import find_spec
from itertools import count
from typing import Any, Iterable

from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.product.models import Category, Collection, Product, ProductType, ProductVariant
from saleor.shipping.models import ShippingZone
from saleor.warehouse.models import Stock, Warehouse

from saleor_reciprocity import host

if find_spec("saleor.channel") is None:
    from .saleor2 import in_channel, order
else:
    from .saleor3 import in_channel, order

__all__ = ["basket", "buy", "category", "collection", "product", "put_in", "warehouse"]

_numbers = count(1)


def warehouse(channel: host.Channel) -> Warehouse:
    """A warehouse that ships to the United States for a channel."""
    number = next(_numbers)
    zone = ShippingZone.objects.create(name=f"Zone {number}", countries=["US"])
    address = Address.objects.create(street_address_1="1 Main Street", city="Mountain View", country="US")
    row = Warehouse.objects.create(name=f"Warehouse {number}", slug=f"warehouse-{number}", address=address)
    row.shipping_zones.add(zone)
    if hasattr(row, "channels"):
        zone.channels.add(channel.id)
        row.channels.add(channel.id)
    return row


def category(name: str, parent: Category | None = None) -> Category:
    """A category."""
    return Category.objects.create(name=name, slug=f"category-{next(_numbers)}", parent=parent)


def collection(name: str, products: Iterable[Product] = (), **fields: Any) -> Collection:
    """A collection with products."""
    row = Collection.objects.create(name=name, slug=f"collection-{next(_numbers)}", **fields)
    row.products.set(products)
    return row


def product(name: str, channel: host.Channel, category: Category | None = None, stock: int = 10) -> Product:
    """A product with one variant, for sale in a channel, with so many pieces in stock."""
    slug = f"product-{next(_numbers)}"
    kind, _ = ProductType.objects.get_or_create(slug="goods", defaults={"name": "Goods", "has_variants": False})
    prices = {} if hasattr(Product, "channel_listings") else {"price_amount": 10, "minimal_variant_price_amount": 10}
    row = Product.objects.create(name=name, slug=slug, product_type=kind, category=category, **prices)
    variant = ProductVariant.objects.create(product=row, sku=slug)
    in_channel(channel, row, variant)
    place = Warehouse.objects.first() or warehouse(channel)
    Stock.objects.create(warehouse=place, product_variant=variant, quantity=stock)
    return row


def buy(buyer: Any, products: Iterable[Product], placed_at: datetime | None = None, **options: Any) -> Any:
    """An order of a user or a guest's address, with one piece of each product. It fires no hook."""
    bought = list(products)
    row = order(buyer, [("10", 1)] * len(bought), placed_at=placed_at, **options)
    for line, item in zip(row.lines.order_by("product_sku"), bought):
        line.variant, line.product_name = item.variants.get(), item.name
        line.save(update_fields=["variant", "product_name"])
    return row


def basket(channel: host.Channel, products: Iterable[Product], user: Any = None) -> str:
    """The secret id of a checkout with one piece of each product."""
    fields = {"channel_id": channel.id, "email": "ada@example.com"} if hasattr(Checkout, "channel") else {"quantity": 1}
    row = Checkout.objects.create(user=user, currency=channel.currency, **fields)
    for item in products:
        put_in(str(row.pk), item.variants.get(), channel)
    return str(row.pk)


def put_in(basket: str, variant: ProductVariant, channel: host.Channel) -> Any:
    """One piece of a variant in a checkout: the line."""
    line = {"currency": channel.currency} if hasattr(Checkout, "channel") else {}
    return Checkout.objects.get(pk=basket).lines.create(variant=variant, quantity=1, **line)
