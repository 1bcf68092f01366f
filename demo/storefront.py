"""A storefront: a thin client of Saleor's public GraphQL API, the same for Saleor 2.10 and Saleor 3.

It knows an address and nothing else. What generation answers there, the API itself says: Saleor 3 has channels.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

GATEWAY = "mirumee.payments.dummy"  # of Saleor 2.10, for tests
PROVIDER = ("payments@example.com", "password")  # how the provider of a Saleor 3 signs in

ADDRESS = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "streetAddress1": "1600 Amphitheatre Parkway",
    "city": "Mountain View",
    "countryArea": "CA",
    "postalCode": "94043",
    "country": "US",
}

PRICE = "{ gross { amount } }"
CHECKOUT = f"id totalPrice {PRICE}"
ORDER = f"""
  id number status total {PRICE} shippingPrice {PRICE} lines {{ quantity unitPrice {PRICE} }}
  loyalty {{ verdict pending earned }} surprise {{ name code reason value {{ amount }} }}
"""
STOCKS = "lines { id quantity quantityFulfilled variant { stocks { quantity quantityAllocated warehouse { id } } } }"
REWARD = "id kind name points value { amount currency }"
REDEMPTION = "id code kind name points value { amount currency }"
ENTRY = "kind points pending balance reason"


class Refused(Exception):
    """The shop did not do what it was asked; the text is what it said."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__("; ".join(f"{error.get('field') or ''} {error['message']}".strip() for error in errors))
        self.codes = [error.get("code") for error in errors]


@dataclass(frozen=True)
class Variant:
    """Something that can be bought now."""

    id: str
    name: str
    price: Decimal


@dataclass(frozen=True)
class Checkout:
    """A checkout and what it costs now, shipping and codes included."""

    id: str
    total: Decimal


@dataclass(frozen=True)
class Order:
    """An order as the API showed it. Money is gross."""

    id: str
    number: str
    status: str
    total: Decimal
    goods: Decimal  # the total without shipping
    shipping: Decimal
    unit_price: Decimal  # of the first line
    loyalty: dict[str, Any] | None
    surprise: dict[str, Any] | None

    @classmethod
    def from_api(cls, node: dict[str, Any]) -> Order:
        total, shipping = amount(node["total"]), amount(node["shippingPrice"])
        return cls(
            id=node["id"],
            number=node["number"],
            status=node["status"],
            total=total,
            goods=total - shipping,
            shipping=shipping,
            unit_price=amount(node["lines"][0]["unitPrice"]),
            loyalty=node.get("loyalty"),
            surprise=node.get("surprise"),
        )


def exact(number: str) -> Decimal | int:
    """A number of an answer without rounding; points are whole, though the type Decimal shows a decimal place."""
    value = Decimal(number)
    return int(value) if value == value.to_integral_value() else value


def amount(price: dict[str, Any]) -> Decimal:
    """The gross amount of a price."""
    return Decimal(price["gross"]["amount"])


class Shop:
    """A Saleor at an address, and one sales channel in it."""

    def __init__(self, url: str, channel: str = "default-channel") -> None:
        self.url, self.channel = url.rstrip("/"), channel
        self.has_channels = self.ask('{ __type(name: "Channel") { name } }')["__type"] is not None

    @property
    def provider(self) -> Provider:
        """Who takes the money of a Saleor 3, signed in anew: months may lie between two payments."""
        return Provider(self, *PROVIDER)

    def ask(self, query: str, variables: dict[str, Any] | None = None, token: str | None = None) -> dict[str, Any]:
        """The answer to a GraphQL request. Raises Refused for one that is wrong or not allowed."""
        headers = {"Content-Type": "application/json", **({"Authorization": f"JWT {token}"} if token else {})}
        body = json.dumps({"query": query, "variables": variables or {}}, default=str).encode()
        request = urllib.request.Request(f"{self.url}/graphql/", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                text = response.read()
        except urllib.error.HTTPError as refusal:  # a wrong request is answered with status 400, and why
            text = refusal.read()
        answer = json.loads(text, parse_float=exact)
        if answer.get("errors"):
            raise Refused(answer["errors"])
        return dict(answer["data"])


class Visitor:
    """Somebody in the shop who has not signed in."""

    token: str | None = None

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The answer to a query."""
        return self.shop.ask(query, variables, self.token)

    def do(self, mutation: str, result: str, **arguments: tuple[str, Any]) -> dict[str, Any]:
        """The payload of a mutation; an argument is given as its type and value. Raises Refused for its errors."""
        declared = ", ".join(f"${name}: {type_name}" for name, (type_name, _) in arguments.items())
        passed = ", ".join(f"{name}: ${name}" for name in arguments)
        query = f"mutation ({declared}) {{ {mutation}({passed}) {{ errors {{ field message }} {result} }} }}"
        payload = self.ask(query, **{name: value for name, (_, value) in arguments.items()})[mutation]
        if payload["errors"]:
            raise Refused(payload["errors"])
        return dict(payload)

    def channel_argument(self) -> str:
        """Names the channel in a call of a shop that has channels."""
        return f"channel: {json.dumps(self.shop.channel)}, " if self.shop.has_channels else ""

    def variants(self, quantity: int = 1) -> list[Variant]:
        """What can be bought in this quantity and is shipped, the dearest first."""
        query = f"""{{ products({self.channel_argument()}first: 100) {{ edges {{ node {{
            name productType {{ isShippingRequired }}
            variants {{ id name quantityAvailable pricing {{ price {PRICE} }} }}
        }} }} }} }}"""
        found = [
            Variant(variant["id"], f"{product['name']} {variant['name']}".strip(), amount(variant["pricing"]["price"]))
            for product in (edge["node"] for edge in self.ask(query)["products"]["edges"])
            if product["productType"]["isShippingRequired"]
            for variant in product["variants"]
            if variant["quantityAvailable"] >= quantity and variant["pricing"]["price"]
        ]
        return sorted(found, key=lambda variant: (-variant.price, variant.name))

    def rewards(self) -> list[dict[str, Any]]:
        """What points can be exchanged for, the cheapest first."""
        query = (
            f"query ($channel: String) {{ loyaltyRewards(channel: $channel) {{ edges {{ node {{ {REWARD} }} }} }} }}"
        )
        return nodes(self.ask(query, channel=self.shop.channel)["loyaltyRewards"])

    def recommendations(self) -> list[dict[str, Any]]:
        """What the shop recommends to this visitor, with the reason for each."""
        query = """query ($channel: String) { recommendations(channel: $channel, kind: FOR_YOU, first: 20) {
            edges { node { product { id name } reason { code text } score } }
        } }"""
        return nodes(self.ask(query, channel=self.shop.channel)["recommendations"])


def nodes(connection: dict[str, Any]) -> list[dict[str, Any]]:
    """The items on a page."""
    return [edge["node"] for edge in connection["edges"]]


class Member(Visitor):
    """Somebody who has signed in."""

    def __init__(self, shop: Shop, email: str, password: str) -> None:
        super().__init__(shop)
        self.email = email
        credentials = {"email": ("String!", email), "password": ("String!", password)}
        self.token = self.do("tokenCreate", "token", **credentials)["token"]


class Customer(Member):
    """A customer with an account."""

    @classmethod
    def register(cls, shop: Shop, email: str, password: str, staff: Staff) -> Customer:
        """Open an account. Where its address has to be confirmed staff do it, for want of a mailbox to look into."""
        account = {"email": email, "password": password, "redirectUrl": f"{shop.url}/confirmed"}
        if shop.has_channels:
            account["channel"] = shop.channel
        done = Visitor(shop).do("accountRegister", "requiresConfirmation", input=("AccountRegisterInput!", account))
        if done["requiresConfirmation"] or shop.has_channels:
            staff.confirm(email)
        return cls(shop, email, password)

    def buy(self, variant: Variant, quantity: int, code: str | None = None) -> Order:
        """Go through a checkout and pay. The order is as the very answer to its completion shows it."""
        checkout = self.start_checkout(variant, quantity)
        return self.complete(self.use_code(checkout, code) if code else checkout)

    def start_checkout(self, variant: Variant, quantity: int) -> Checkout:
        """A checkout with its address and a shipping method chosen."""
        wanted: dict[str, Any] = {
            "email": self.email,
            "lines": [{"variantId": variant.id, "quantity": quantity}],
            "shippingAddress": ADDRESS,
            "billingAddress": ADDRESS,
        }
        if self.shop.has_channels:
            wanted["channel"] = self.shop.channel
        methods = f"checkout {{ {CHECKOUT} availableShippingMethods {{ id }} }}"
        begun = self.do("checkoutCreate", methods, input=("CheckoutCreateInput!", wanted))["checkout"]
        method = begun["availableShippingMethods"][0]["id"]
        return self._change(begun["id"], "checkoutShippingMethodUpdate", shippingMethodId=("ID!", method))

    def use_code(self, checkout: Checkout, code: str) -> Checkout:
        """Enter a voucher's or gift card's code."""
        return self._change(checkout.id, "checkoutAddPromoCode", promoCode=("String!", code))

    def _change(self, checkout_id: str, mutation: str, **arguments: tuple[str, Any]) -> Checkout:
        changed = self.do(mutation, f"checkout {{ {CHECKOUT} }}", checkoutId=("ID!", checkout_id), **arguments)
        return Checkout(changed["checkout"]["id"], amount(changed["checkout"]["totalPrice"]))

    def complete(self, checkout: Checkout) -> Order:
        """Pay what a checkout costs and turn it into an order."""
        self.pay(checkout)
        return self.finish(checkout)

    def pay(self, checkout: Checkout) -> None:
        """Pay what a checkout costs."""
        if self.shop.has_channels:
            return self.shop.provider.charge(checkout)
        payment = {"gateway": GATEWAY, "token": "fully-charged", "amount": checkout.total}
        self.do("checkoutPaymentCreate", "", checkoutId=("ID!", checkout.id), input=("PaymentInput!", payment))
        return None

    def finish(self, checkout: Checkout) -> Order:
        """Turn a checkout into an order."""
        done = self.do("checkoutComplete", f"order {{ {ORDER} }}", checkoutId=("ID!", checkout.id))
        return Order.from_api(done["order"])

    def loyalty(self) -> dict[str, Any]:
        """The customer's points and how they came about, the newest entry first."""
        query = f"""{{ me {{ loyalty {{
            available pending debt
            entries(first: 50) {{ edges {{ node {{ {ENTRY} }} }} }}
            redemptions(first: 50) {{ edges {{ node {{ {REDEMPTION} }} }} }}
        }} }} }}"""
        account = dict(self.ask(query)["me"]["loyalty"])
        return {**account, "entries": nodes(account["entries"]), "redemptions": nodes(account["redemptions"])}

    def redeem(self, reward_id: str, key: str) -> dict[str, Any]:
        """Exchange points for a code."""
        wanted = {"rewardId": reward_id, "idempotencyKey": key}
        result = f"redemption {{ {REDEMPTION} }} errors {{ code }}"
        return dict(self.do("pointsRedeem", result, input=("PointsRedeemInput!", wanted))["redemption"])

    def agree_to_surveys(self) -> None:
        """Say that the shop may ask by mail."""
        wanted = ("[CommunicationPreferenceInput!]!", [{"kind": "SURVEY", "wanted": True}])
        self.do("communicationPreferencesUpdate", "preferences { kind }", input=wanted)

    def update_preferences(self, **products_or_others: list[str]) -> None:
        """Say what is liked and disliked, or not interesting."""
        wanted = ("PreferencesUpdateInput!", products_or_others)
        self.do("preferencesUpdate", "preferences { objectId }", input=wanted)


class Staff(Member):
    """A member of staff who may do everything."""

    def confirm(self, email: str) -> None:
        """Say that a customer's address is theirs. Whoever searches for lin@… finds franklin@…, too."""
        found = self.ask(
            "query ($email: String!) { customers(first: 100, filter: {search: $email}) "
            "{ edges { node { id email } } } }",
            email=email,
        )
        (customer,) = [each for each in nodes(found["customers"]) if each["email"] == email]
        confirmed = {"isConfirmed" if self.shop.has_channels else "isActive": True}
        self.do("customerUpdate", "", id=("ID!", customer["id"]), input=("CustomerInput!", confirmed))

    def set_programme(self, active: bool, **settings: Any) -> None:
        """Switch the plugin on or off in the channel, and set what its page asks for."""
        values = [{"name": name, "value": str(value)} for name, value in settings.items()]
        arguments: dict[str, Any] = {
            "id": ("ID!", "saleor_reciprocity"),
            "input": ("PluginUpdateInput!", {"active": active, "configuration": values}),
        }
        if self.shop.has_channels:
            arguments["channelId"] = ("ID", self._channel_id())
        self.do("pluginUpdate", "", **arguments)

    def _channel_id(self) -> str:
        channels = self.ask("{ channels { id slug } }")["channels"]
        return next(str(channel["id"]) for channel in channels if channel["slug"] == self.shop.channel)

    def order(self, order_id: str) -> Order:
        """An order as it is now."""
        return Order.from_api(self.ask(f"query ($id: ID!) {{ order(id: $id) {{ {ORDER} }} }}", id=order_id)["order"])

    def answer_about(self, order_id: str) -> dict[str, Any] | None:
        """What the customer answered about an order."""
        query = "query ($id: ID!) { order(id: $id) { surveyAnswer { score comment } } }"
        return self.ask(query, id=order_id)["order"]["surveyAnswer"]

    def ship(self, order_id: str, pieces: int | None = None) -> Order:
        """Ship what is left of an order, or so many pieces of each line."""
        left = self.ask(f"query ($id: ID!) {{ order(id: $id) {{ {STOCKS} }} }}", id=order_id)["order"]["lines"]
        lines = [_from_stock(line, pieces) for line in left if line["quantity"] > line["quantityFulfilled"]]
        shipping = {"order": ("ID", order_id), "input": ("OrderFulfillInput!", {"lines": lines})}
        return Order.from_api(self.do("orderFulfill", f"order {{ {ORDER} }}", **shipping)["order"])

    def cancel(self, order_id: str) -> Order:
        """Cancel an order."""
        return Order.from_api(self.do("orderCancel", f"order {{ {ORDER} }}", id=("ID!", order_id))["order"])

    def refund(self, order_id: str, amount: Decimal) -> Order:
        """Pay back a part of what an order cost."""
        if self.shop.has_channels:
            self.shop.provider.give_back(order_id, amount)
        else:
            self.do("orderRefund", "", id=("ID!", order_id), amount=("Decimal!", amount))
        return self.order(order_id)


class Provider(Member):
    """A payment provider, which tells a Saleor 3 what was paid and paid back."""

    def charge(self, checkout: Checkout) -> None:
        """What a checkout costs was paid."""
        query = "query ($id: ID!) { checkout(id: $id) { channel { currencyCode } } }"
        currency = self.ask(query, id=checkout.id)["checkout"]["channel"]["currencyCode"]
        paid = {"name": "Card", "amountCharged": {"amount": checkout.total, "currency": currency}}
        self.do("transactionCreate", "", id=("ID!", checkout.id), transaction=("TransactionCreateInput!", paid))

    def give_back(self, order_id: str, amount: Decimal) -> None:
        """A part of what an order cost was paid back."""
        query = "query ($id: ID!) { order(id: $id) { transactions { id events { id } } } }"
        (paid,) = self.ask(query, id=order_id)["order"]["transactions"]
        self.do(
            "transactionEventReport",
            "",
            id=("ID", paid["id"]),
            type=("TransactionEventTypeEnum!", "REFUND_SUCCESS"),
            amount=("PositiveDecimal!", amount),
            pspReference=("String!", f"refund-{len(paid['events'])}"),
        )


def _from_stock(line: dict[str, Any], pieces: int | None) -> dict[str, Any]:
    stock = max(line["variant"]["stocks"], key=lambda stock: (stock["quantityAllocated"], stock["quantity"]))
    left = line["quantity"] - line["quantityFulfilled"]
    quantity = left if pieces is None else min(pieces, left)
    return {"orderLineId": line["id"], "stocks": [{"warehouse": stock["warehouse"]["id"], "quantity": quantity}]}
