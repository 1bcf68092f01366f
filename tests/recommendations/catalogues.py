"""Random catalogues, with every reason for which a shop does not sell something."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone
from saleor.account.models import Address
from saleor.product.models import Product, ProductType, ProductVariant
from saleor.shipping.models import ShippingZone
from saleor.warehouse.models import Allocation, Stock, Warehouse

from saleor_reciprocity import host

from .. import hosts


def warehouses(channel: host.Channel, other: host.Channel | None) -> list[Warehouse]:
    """Warehouses of every kind: shipping, shipping elsewhere, to none, of another channel, to collect from."""
    address = Address.objects.create(street_address_1="1 Main Street", city="Mountain View", country="US")
    here = ShippingZone.objects.create(name="Here", countries=["US"])
    also_here = ShippingZone.objects.create(name="Also here", countries=["US", "CA"])
    elsewhere = ShippingZone.objects.create(name="Elsewhere", countries=["PL"])
    zones = ([here], [here, also_here], [also_here], [elsewhere], [], [])
    rows = [Warehouse.objects.create(name=f"W{n}", slug=f"w{n}", address=address) for n in range(len(zones))]
    for row, of_row in zip(rows, zones):
        row.shipping_zones.set(of_row)
    if other is not None:
        here.channels.add(channel.id)
        also_here.channels.add(channel.id, other.id)
        elsewhere.channels.add(other.id)
        for row in rows:
            row.channels.add(channel.id)
        rows[0].channels.set([channel.id, other.id])
        rows[1].channels.set([other.id])
        Warehouse.objects.filter(pk=rows[4].pk).update(click_and_collect_option="local")
        Warehouse.objects.filter(pk=rows[5].pk).update(click_and_collect_option="all")
    return rows


def product(chance: Random, number: int, channel: host.Channel, other: host.Channel | None, places: Any) -> Product:
    """A product that is for sale or not, in one of very many ways."""
    kind, _ = ProductType.objects.get_or_create(slug="goods", defaults={"name": "Goods"})
    fields: dict[str, Any] = {}
    if other is None:
        fields = {"price_amount": 10, "minimal_variant_price_amount": 10, "is_published": chance.random() < 0.8}
        fields["publication_date"] = chance.choice(
            [None, None, timezone.now().date() + timedelta(chance.randint(-2, 2))]
        )
    row = Product.objects.create(name=f"P{number}", slug=f"p{number}", product_type=kind, **fields)
    if other is not None:
        _list(chance, row, channel, other)
    for place in range(chance.choice([0, 1, 1, 2])):
        variant = ProductVariant.objects.create(
            product=row, sku=f"p{number}-{place}", track_inventory=chance.random() < 0.8
        )
        if other is not None:
            _price(chance, variant, channel, other)
        for warehouse in chance.sample(places, chance.choice([0, 1, 1, 2, 3])):
            stock = Stock.objects.create(
                warehouse=warehouse, product_variant=variant, quantity=chance.choice([0, 1, 2, 3])
            )
            _take(chance, stock, channel)
    return row


def _when(chance: Random) -> Any:
    return chance.choice(
        [None, timezone.now() - timedelta(1), timezone.now() - timedelta(1), timezone.now() + timedelta(1)]
    )


def _list(chance: Random, row: Product, channel: host.Channel, other: host.Channel) -> None:
    for where in (channel, other):
        if chance.random() < 0.85:
            row.channel_listings.create(
                channel_id=where.id,
                currency=where.currency,
                discounted_price_amount=10,
                is_published=chance.random() < 0.85,
                published_at=_when(chance),
                visible_in_listings=chance.random() < 0.85,
                available_for_purchase_at=_when(chance),
            )


def _price(chance: Random, variant: ProductVariant, channel: host.Channel, other: host.Channel) -> None:
    preorder = chance.random() < 0.2
    ends = _when(chance) if preorder else None
    threshold = chance.choice([None, 0, 2]) if preorder else None
    ProductVariant.objects.filter(pk=variant.pk).update(
        is_preorder=preorder, preorder_end_date=ends, preorder_global_threshold=threshold
    )
    for where in (channel, other):
        if chance.random() < 0.85:
            listing = variant.channel_listings.create(
                channel_id=where.id,
                currency=where.currency,
                price_amount=chance.choice([10, 10, 10, None]),
                discounted_price_amount=10,
                preorder_quantity_threshold=chance.choice([None, 0, 2]) if preorder else None,
            )
            if preorder and chance.random() < 0.5:
                line = hosts.order("someone@example.com", [("10", 1)], channel=where).lines.get()
                listing.preorder_allocations.create(order_line=line, quantity=chance.choice([1, 2]))


def _take(chance: Random, stock: Stock, channel: host.Channel) -> None:
    """Allocate pieces of a stock to orders, sometimes more than there are, and reserve some for a checkout."""
    if chance.random() < 0.4:
        line = hosts.order("someone@example.com", [("10", 1)]).lines.get()
        Allocation.objects.create(order_line=line, stock=stock, quantity_allocated=chance.choice([1, 2, 3, 4]))
    if hasattr(stock, "reservations") and chance.random() < 0.3:
        basket = hosts.basket(channel, [])
        stock.reservations.create(
            checkout_line=hosts.put_in(basket, stock.product_variant, channel),
            quantity_reserved=chance.choice([1, 2]),
            reserved_until=timezone.now() + timedelta(minutes=chance.choice([-5, 5])),
        )


def drinks_and_others(channel: Any, number: int) -> Any:
    """So many products, each third of them a drink, a tea, or neither; and the two categories, one in the other."""
    drinks = hosts.category("Drinks")
    tea = hosts.category("Tea", parent=drinks)
    drinks.refresh_from_db()
    products = [hosts.product(f"p{n}", channel, category=(drinks, tea, None)[n % 3]) for n in range(number)]
    return products, (drinks, tea)


def a_crowd(channel: Any) -> Any:
    chance = Random(7)
    products, categories = drinks_and_others(channel, 9)
    people = [hosts.customer(f"c{n}@example.com") if n % 5 else f"guest{n}@example.com" for n in range(15)]
    for number, person in enumerate(people):
        for age in (5, 12, 20):
            basket = chance.sample(products[number % 2 :: 2], 2)
            hosts.buy(person, basket, placed_at=timezone.now() - timedelta(days=age))
    return products, people, categories
