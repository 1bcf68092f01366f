"""What a test shop does alike on both generations."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import django
from django.contrib.sites.models import Site
from django.db import connections
from django.test import Client
from django.utils import timezone
from saleor.account.models import Address
from saleor.order import FulfillmentStatus, OrderEvents, OrderStatus
from saleor.order.models import Fulfillment, FulfillmentLine, Order, OrderEvent
from saleor.payment import TransactionKind
from saleor.payment.models import Payment, Transaction
from saleor.product.models import Category, Collection, Product, ProductType, ProductVariant
from saleor.shipping import ShippingMethodType
from saleor.shipping.models import ShippingMethod, ShippingZone
from saleor.site.models import SiteSettings
from saleor.warehouse.models import Stock, Warehouse

__all__ = [
    "GraphQL",
    "age",
    "cancel",
    "change",
    "configuration_input",
    "date_shipments",
    "give_rights",
    "leave_draft",
    "put_in_group",
    "refund",
    "shelve",
    "ship",
    "ship_to",
    "site_of_shop",
    "tax",
    "unship",
]


def configuration_input(active: bool | None, values: dict[str, Any]) -> dict[str, Any]:
    """What the plugin's page sends."""
    items = [{"name": name, "value": value if value is None else str(value)} for name, value in values.items()]
    return {"configuration": items} if active is None else {"active": active, "configuration": items}


def give_rights(granted: Any, *permissions: str) -> None:
    """Grant a user's or an app's set of permissions such as "account.manage_users"."""
    for name in permissions:
        app_label, codename = name.split(".")
        granted.add(granted.model.objects.get(content_type__app_label=app_label, codename=codename))


class GraphQL:
    """A client of the GraphQL endpoint, as somebody or as nobody."""

    def __init__(self, authorization: str = "") -> None:
        self.headers = {"HTTP_AUTHORIZATION": authorization} if authorization else {}

    def __call__(self, query: str, **variables: Any) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        response = Client().post("/graphql/", body, content_type="application/json", **self.headers)
        return dict(response.json())

    def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = self(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return dict(answer["data"])


def site() -> SiteSettings:
    """The settings of the shop, made anew where a test has emptied the database."""
    Site.objects.clear_cache()
    row, _ = Site.objects.get_or_create(pk=1, defaults={"domain": "localhost", "name": "Test shop"})
    found, _ = SiteSettings.objects.get_or_create(site=row)
    return found


def site_of_shop(name: str = "Test shop", domain: str = "localhost") -> None:
    """Give the shop its name and its address."""
    row = site().site
    row.name, row.domain = name, domain
    row.save()


def shipping_method(**fields: Any) -> ShippingMethod:
    """A way to ship to the United States."""
    zone = ShippingZone.objects.create(name="United States", countries=["US"])
    return ShippingMethod.objects.create(
        shipping_zone=zone, name="Parcel", type=ShippingMethodType.PRICE_BASED, **fields
    )


def stocked_variant(zone: ShippingZone, **product_fields: Any) -> ProductVariant:
    """A cup, of which a warehouse for this zone holds a thousand."""
    kind = ProductType.objects.create(name="Kitchenware", slug="kitchenware", has_variants=False)
    category = Category.objects.create(name="Cups", slug="cups")
    product = Product.objects.create(name="Cup", slug="cup", product_type=kind, category=category, **product_fields)
    variant = ProductVariant.objects.create(product=product, sku="cup")
    address = Address.objects.create(
        street_address_1="1 Main Street", city="Mountain View", country="US", country_area="CA", postal_code="94043"
    )
    warehouse = Warehouse.objects.create(name="Warehouse", slug="warehouse", address=address)
    warehouse.shipping_zones.add(zone)
    Stock.objects.create(warehouse=warehouse, product_variant=variant, quantity=1000)
    return variant


def product(name: str, category: str, **fields: Any) -> ProductVariant:
    """A product in a category, each made where there is none of this name."""
    kind, _ = ProductType.objects.get_or_create(name="Kitchenware", defaults={"slug": "kitchenware"})
    within, _ = Category.objects.get_or_create(name=category, defaults={"slug": category.lower()})
    found, _ = Product.objects.get_or_create(
        name=name, defaults={"slug": name.lower(), "product_type": kind, "category": within, **fields}
    )
    return ProductVariant.objects.get_or_create(product=found, defaults={"sku": name.lower()})[0]


def serve_from_test_database() -> None:
    """Point the threads of a live server to the test database, and let none of them keep its connection."""
    database = connections["default"].settings_dict
    for alias in connections:
        connections.databases[alias].update(NAME=database["NAME"], CONN_MAX_AGE=0)


def whose(buyer: Any) -> dict[str, Any]:
    """The user and the e-mail address of a checkout of a user or of a guest's address."""
    return {"user": None, "email": buyer} if isinstance(buyer, str) else {"user": buyer, "email": buyer.email}


def ship(order: Order, quantities: list[int] | None = None) -> Fulfillment:
    """Ship all of an order, or so many pieces of each line."""
    lines = list(order.lines.order_by("product_sku"))
    fulfillment = Fulfillment.objects.create(order=order, status=FulfillmentStatus.FULFILLED)
    for line, quantity in zip(lines, quantities or [line.quantity for line in lines]):
        if quantity:
            FulfillmentLine.objects.create(fulfillment=fulfillment, order_line=line, quantity=quantity)
            line.quantity_fulfilled += quantity
            line.save(update_fields=["quantity_fulfilled"])
    complete = all(line.quantity_fulfilled >= line.quantity for line in lines)
    _set_status(order, OrderStatus.FULFILLED if complete else OrderStatus.PARTIALLY_FULFILLED)
    return fulfillment


def unship(order: Order) -> None:
    """Cancel all shipments of an order."""
    order.fulfillments.update(status=FulfillmentStatus.CANCELED)
    order.lines.update(quantity_fulfilled=0)
    _set_status(order, OrderStatus.UNFULFILLED)


def cancel(order: Order) -> None:
    """Cancel an order."""
    _set_status(order, OrderStatus.CANCELED)


def refund(order: Order, amount: str) -> None:
    """Pay money back through the payment system that both generations have."""
    payment = order.payments.first() or Payment.objects.create(
        order=order, gateway="mirumee.payments.dummy", currency=order.currency, total=order.total_gross_amount
    )
    Transaction.objects.create(
        payment=payment,
        kind=TransactionKind.REFUND,
        is_success=True,
        amount=Decimal(amount),
        currency=order.currency,
        token="refund",
        gateway_response={},
    )


def shelve(order: Order, position: int, *categories: str, collections: tuple[str, ...] = ()) -> Product:
    """Make one line of an order be about a new product, in the last of categories that lie in each other."""
    kind, _ = ProductType.objects.get_or_create(name="Kind", slug="kind")
    parent = None
    for name in categories or ("anything",):
        found = Category.objects.filter(slug=name).first()
        parent = found or Category.objects.create(name=name, slug=name, parent=parent)
    number = Product.objects.count()
    price = {"price_amount": 1, "minimal_variant_price_amount": 1} if hasattr(Product, "price_amount") else {}
    product = Product.objects.create(name="Thing", slug=f"thing-{number}", product_type=kind, category=parent, **price)
    for name in collections:
        collection, _ = Collection.objects.get_or_create(name=name, slug=name)
        collection.products.add(product)
    line = order.lines.get(product_sku=f"sku-{position}")
    line.variant = ProductVariant.objects.create(product=product, sku=f"thing-{number}")
    line.save(update_fields=["variant"])
    return product


def put_in_group(user: Any, name: str) -> None:
    """Make a user a member of a group."""
    groups = user._meta.get_field("groups").related_model
    user.groups.add(groups.objects.get_or_create(name=name)[0])


def date_shipments(order: Order, moment: Any) -> None:
    """Let all shipments of an order have been made at another time."""
    field = "created_at" if hasattr(Fulfillment, "created_at") else "created"
    order.fulfillments.update(**{field: moment})


def tax(order: Order, net: str) -> None:
    """Say what an order's goods cost without tax, of one line."""
    line = order.lines.get()
    line.unit_price_net_amount = Decimal(net) / line.quantity
    if hasattr(line, "total_price_net_amount"):
        line.total_price_net_amount = Decimal(net)
    line.save()


def leave_draft(order: Order, moment: Any) -> None:
    """Make a real order of a draft, as the shop's page does."""
    OrderEvent.objects.create(order=order, type=OrderEvents.PLACED_FROM_DRAFT, date=moment)
    if hasattr(order, "origin"):
        order.origin = "draft"
    order.status = OrderStatus.UNFULFILLED
    order.save()


def ship_to(order: Order, street: str) -> None:
    """Give an order a shipping address."""
    order.shipping_address = Address.objects.create(
        street_address_1=street, city="Mountain View", country="US", country_area="CA", postal_code="94043"
    )
    order.save(update_fields=["shipping_address"])


def change(order: Order, **values: Any) -> None:
    """Write something on an order's row, and nothing else."""
    Order.objects.filter(pk=order.pk).update(**values)


def change_line(order: Order, **values: Any) -> None:
    """Write something on the row of an order's only line, and nothing else."""
    order.lines.update(**values)


def change_user(order: Order, **values: Any) -> None:
    """Write something on the row of the user who placed an order, and nothing else."""
    type(order.user).objects.filter(pk=order.user_id).update(**values)


# What changes in the host's rows when one fact about an order does, on both generations.
FACTS_CHANGED_BY = {
    "Order.currency": lambda order: change(order, currency="EUR"),
    "Order.state": cancel,
    "Order.goods": lambda order: change(order, total_gross_amount=Decimal(15)),
    "Order.shipping": lambda order: change(order, shipping_price_gross_amount=Decimal(9)),
    "Order.shipping_net": lambda order: change(order, shipping_price_net_amount=Decimal(6)),
    "Order.refunded": lambda order: refund(order, "3"),
    "Order.placed_at of a completed draft": lambda order: _date_draft(order),
    "Person.user_id": lambda order: change(order, user=None),
    "Person.email": lambda order: change_user(order, email="grace@example.com"),
    "Line.product_id": lambda order: shelve(order, 0),
    "Line.product_id that is gone": lambda order: order.lines.get().variant.delete(),
    "Line.quantity": lambda order: change_line(order, quantity=3),
    "Line.fulfilled": lambda order: order.fulfillments.get().lines.update(quantity=2),
    "Line.shipments": lambda order: date_shipments(order, order_time(order)),
}


def _date_draft(order: Order) -> None:
    """Let an order have been a draft until an hour after it was made."""
    moment = order_time(order) + timedelta(hours=1)
    OrderEvent.objects.create(order=order, type=OrderEvents.PLACED_FROM_DRAFT, date=moment)


# Changes to an order of which the host keeps a date, in rows that are new or newer by then.
DATED_CHANGES = {
    "a refund": lambda order: refund(order, "3"),
    "a shipment": ship,
    "an event": lambda order: (cancel(order), OrderEvent.objects.create(order=order, type=OrderEvents.CANCELED)),
}


def age(order: Order, by: timedelta) -> None:
    """Let all that the host has dated of an order be older."""
    moment = timezone.now() - by
    order.events.update(date=moment)
    date_shipments(order, moment)
    if hasattr(order, "updated_at"):
        change(order, updated_at=moment)


def order_time(order: Order) -> datetime:
    """When an order's row was made."""
    return getattr(order, "created_at", None) or order.created


def _set_status(order: Order, status: str) -> None:
    order.status = status
    order.save(update_fields=["status"])


def databases() -> dict[str, Any]:
    return {"databases": ["default"]} if django.VERSION >= (3, 1) else {}
