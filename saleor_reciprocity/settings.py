"""Settings: what the merchant sets on the plugin's page, typed. What the deployer sets is in `deployment`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Callable, Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import clock, wire
from .deployment import is_safe
from .readers import (
    _AMOUNT,
    _DAYS,
    _MONTHS,
    _POINTS,
    as_text,
    decimal_between,
    email_address,
    one_of,
    share_up_to,
    switch,
    text_up_to,
    time_zone,
    web_address,
    whole_between,
)

PLUGIN_ID = "saleor_reciprocity"

VOUCHER = "voucher"
GIFT_CARD = "gift card"
GROSS, NET = "gross", "net"

NO_QUESTION = "off"
QUESTIONS = ("csat", "nps", "ces")

# What is done about points to be taken back that were spent: take only pending ones, at most the balance, or all.
PENDING_ONLY, WITHIN_BALANCE, INTO_DEBT = "pending only", "balance", "debt"
# Where the consent to be written to comes from.
NO_CONSENT_SOURCE, PREFERENCE, EXISTING_CUSTOMERS = "off", "preference", "existing customers"
# How messages leave the shop.
BY_EMAIL, BY_ENDPOINT, BY_BOTH = "e-mail", "endpoint", "both"


@dataclass(frozen=True)
class Field:
    """One input of the plugin page: what it is called there, what it starts with, and how its text becomes a value.

    `type` is a name of the host's ConfigurationTypeField.
    """

    name: str
    default: str
    read: Callable[[str], Any]
    label: Any
    help_text: Any
    type: str = "STRING"


# In the order of the page: by their groups, which the labels begin with. The Dashboard shows switches last.
FIELDS = (
    Field(
        "points_per_unit",
        "1",
        decimal_between("0", "10000", 6),
        gettext_lazy("Points: per unit of currency"),
        gettext_lazy(
            "Points that a customer earns for each unit of the channel's currency paid for goods. 0 earns none."
        ),
    ),
    Field(
        "earning_base",
        GROSS,
        one_of(GROSS, NET),
        gettext_lazy("Points: on amounts with or without tax"),
        gettext_lazy("Either “gross” (taxes count) or “net” (they do not)."),
    ),
    Field(
        "return_window_days",
        "0",
        whole_between(0, 3650, _DAYS),
        gettext_lazy("Points: days of the return window"),
        gettext_lazy("For how many days after the shipment points stay pending. 0 makes them available at once."),
    ),
    Field(
        "points_valid_months",
        "0",
        whole_between(0, 1200, _MONTHS),
        gettext_lazy("Points: months of validity"),
        gettext_lazy(
            "Points can be used until the end of the day so many months after they became available. 0: for ever."
        ),
    ),
    Field(
        "expiry_reminder_days",
        "14",
        whole_between(0, 365, _DAYS),
        gettext_lazy("Points: days between reminder and expiry"),
        gettext_lazy("So many days before points expire, the customer gets a mail. 0 sends none."),
    ),
    Field(
        "points_taken_back",
        INTO_DEBT,
        one_of(PENDING_ONLY, WITHIN_BALANCE, INTO_DEBT),
        gettext_lazy("Points: taken back with returned goods"),
        gettext_lazy(
            "“pending only” leaves what is available, “balance” takes what is still there, “debt” takes all: "
            "what was spent is repaid by the next points."
        ),
    ),
    Field(
        "time_zone",
        clock.UTC,
        time_zone,
        gettext_lazy("Points: time zone"),
        gettext_lazy("By which clock rules count days and hours, for example Europe/Berlin."),
    ),
    Field(
        "birthday_key",
        "birthday",
        text_up_to(64),
        gettext_lazy("Points: where a birthday is stored"),
        gettext_lazy("The key in a customer's metadata that holds the birthday as YYYY-MM-DD or MM-DD."),
    ),
    Field(
        "reward_points",
        "100",
        whole_between(0, 1_000_000_000, _POINTS),
        gettext_lazy("Standard reward: price in points"),
        gettext_lazy("What the standard reward costs a customer. 0 offers no standard reward."),
    ),
    Field(
        "reward_value",
        "5",
        decimal_between("0.001", "1000000", 3, _AMOUNT),
        gettext_lazy("Standard reward: value"),
        gettext_lazy("What the standard reward's code is worth at checkout, in the channel's currency."),
    ),
    Field(
        "reward_kind",
        VOUCHER,
        one_of(VOUCHER, GIFT_CARD),
        gettext_lazy("Standard reward: kind"),
        gettext_lazy("Either “voucher” (used up by one order) or “gift card” (keeps what is left of its value)."),
    ),
    Field(
        "surprise_probability",
        "0",
        share_up_to("1", 8),
        gettext_lazy("Surprises: probability"),
        gettext_lazy("How often an order wins a gift: 0.1, or 10%, is one order in ten. 0 gives no surprises."),
    ),
    Field(
        "surprise_value",
        "5",
        decimal_between("0.001", "1000000", 3, _AMOUNT),
        gettext_lazy("Surprises: value"),
        gettext_lazy("What the voucher of a surprise is worth, in the channel's currency. Small gifts work as well."),
    ),
    Field(
        "surprise_budget_per_month",
        "100",
        decimal_between("0", "1000000000", 3, _AMOUNT),
        gettext_lazy("Surprises: budget per month"),
        gettext_lazy("Never more than this is given in a calendar month (UTC), in the channel's currency."),
    ),
    Field(
        "surprise_from_order",
        "2",
        whole_between(1, 1000),
        gettext_lazy("Surprises: from which order on"),
        gettext_lazy(
            "The customer's first order that can win. Gifts at first contact can hurt, so 2 is a good number."
        ),
    ),
    Field(
        "surprise_cooling_off_days",
        "30",
        whole_between(0, 3650, _DAYS),
        gettext_lazy("Surprises: days between two"),
        gettext_lazy("After a gift, a customer and everybody at the same address get no other for so many days."),
    ),
    Field(
        "surprise_validity_days",
        "30",
        whole_between(1, 3650, _DAYS),
        gettext_lazy("Surprises: days of validity"),
        gettext_lazy("For how many days the code of a surprise can be used. What was not used returns to the budget."),
    ),
    Field(
        "surprise_reason",
        "Thank you for coming back.",
        text_up_to(200),
        gettext_lazy("Surprises: a line to the customer"),
        gettext_lazy("Why there is a gift, in one line that the customer reads."),
    ),
    Field(
        "holdout_share",
        "0.2",
        share_up_to("0.9", 4),
        gettext_lazy("Surprises: share of customers held out"),
        gettext_lazy(
            "This share of the customers, chosen at random once and for ever, gets no surprises, so that their effect "
            "can be measured. A change counts for new customers only."
        ),
    ),
    Field(
        "survey_question",
        NO_QUESTION,
        one_of(NO_QUESTION, *QUESTIONS),
        gettext_lazy("Surveys: question"),
        gettext_lazy(
            "“csat” asks for satisfaction (1 to 5), “nps” for recommendation (0 to 10), “ces” for effort (1 to 7); "
            "“off” asks nothing."
        ),
    ),
    Field(
        "survey_text",
        "",
        text_up_to(200),
        gettext_lazy("Surveys: other wording"),
        gettext_lazy("A question of your own instead of the standard wording, on the same scale. Empty keeps it."),
    ),
    Field(
        "survey_delay_days",
        "7",
        whole_between(0, 365, _DAYS),
        gettext_lazy("Surveys: days after the shipment"),
        gettext_lazy("So many days after the last shipment of an order, its customer is asked."),
    ),
    Field(
        "survey_latest_days",
        "14",
        whole_between(1, 365, _DAYS),
        gettext_lazy("Surveys: days of grace"),
        gettext_lazy("After a pause, nobody is asked whose time had come more than so many days ago."),
    ),
    Field(
        "survey_holdout_share",
        "0.1",
        share_up_to("0.9", 4),
        gettext_lazy("Surveys: share of customers held out"),
        gettext_lazy(
            "This share of the customers, chosen at random once and for ever, is never asked, because being asked "
            "alone changes what people buy. A change counts for new customers only."
        ),
    ),
    Field(
        "survey_points",
        "0",
        whole_between(0, 1_000_000, _POINTS),
        gettext_lazy("Surveys: thank-you points"),
        gettext_lazy(
            "Points that a customer gets after an answer, whatever it is. They are not announced before: answers that "
            "are paid for say less."
        ),
    ),
    Field(
        "survey_alert_below",
        "3",
        whole_between(0, 11),
        gettext_lazy("Surveys: alert below"),
        gettext_lazy("An answer below this calls for attention: 3 suits “csat”, 7 “nps”, 4 “ces”. 0 alerts never."),
    ),
    Field(
        "survey_alert_address",
        "",
        email_address,
        gettext_lazy("Surveys: alert address"),
        gettext_lazy("The e-mail address of the shop that is told about each answer below the alert. Empty: none."),
    ),
    Field(
        "mail_consent",
        NO_CONSENT_SOURCE,
        one_of(NO_CONSENT_SOURCE, PREFERENCE, EXISTING_CUSTOMERS),
        gettext_lazy("Messages: source of consent"),
        gettext_lazy(
            "“off” sends nothing that needs consent. “preference” writes to those who said yes in the shop. “existing "
            "customers” also writes to everybody who has ordered and did not say no."
        ),
    ),
    Field(
        "mail_sender_name",
        "",
        text_up_to(78),
        gettext_lazy("Messages: name of the sender"),
        gettext_lazy("Who the mails come from. Empty: the name of the shop."),
    ),
    Field(
        "mail_sender_address",
        "",
        email_address,
        gettext_lazy("Messages: address of the sender"),
        gettext_lazy("The e-mail address that the mails come from. Empty: the shop's own sender."),
    ),
    Field(
        "mail_delivery",
        BY_EMAIL,
        one_of(BY_EMAIL, BY_ENDPOINT, BY_BOTH),
        gettext_lazy("Messages: delivery"),
        gettext_lazy("“e-mail”, “endpoint” (a signed POST to an address of your own), or “both”."),
    ),
    Field(
        "mail_endpoint",
        "",
        web_address,
        gettext_lazy("Messages: endpoint"),
        gettext_lazy("The address that gets the signed POSTs, for shops that write by SMS or messenger."),
    ),
    Field(
        "earning_shipping",
        "False",
        switch,
        gettext_lazy("Points: on shipping, too"),
        gettext_lazy("What is paid for shipping earns points, too."),
        "BOOLEAN",
    ),
    Field(
        "survey_product_ratings",
        "False",
        switch,
        gettext_lazy("Surveys: rate products"),
        gettext_lazy("Customers may also rate each product that they bought, if they like."),
        "BOOLEAN",
    ),
    Field(
        "mail_terms_confirmed",
        "False",
        switch,
        gettext_lazy("Messages: existing customers were told"),
        gettext_lazy(
            "I confirm that customers are told when they order that the shop may write to them, and that they can say "
            "no. Needed for “existing customers”."
        ),
        "BOOLEAN",
    ),
    Field(
        "mail_surveys",
        "True",
        switch,
        gettext_lazy("Messages: surveys"),
        gettext_lazy("Ask one question some days after an order. Needs consent."),
        "BOOLEAN",
    ),
    Field(
        "mail_surprises",
        "True",
        switch,
        gettext_lazy("Messages: surprises"),
        gettext_lazy("Tell customers about a gift that they won. Needs consent."),
        "BOOLEAN",
    ),
    Field(
        "mail_codes",
        "True",
        switch,
        gettext_lazy("Messages: codes"),
        gettext_lazy("Send the code that a customer has just exchanged points for."),
        "BOOLEAN",
    ),
    Field(
        "mail_statements",
        "False",
        switch,
        gettext_lazy("Messages: monthly statements"),
        gettext_lazy("Tell customers once a month how many points they have. Needs consent."),
        "BOOLEAN",
    ),
    Field(
        "mail_replies",
        "True",
        switch,
        gettext_lazy("Messages: replies"),
        gettext_lazy("Send what the shop replies to a customer's answer."),
        "BOOLEAN",
    ),
)

SHORTEST_SECRET, LONGEST_SECRET = 16, 200

# Inputs that are kept out of the programme and its versions, because nobody may read them.
SECRETS = (
    Field(
        "mail_endpoint_secret",
        "",
        text_up_to(LONGEST_SECRET),
        gettext_lazy("Messages: secret of the endpoint (at least 16 characters)"),
        gettext_lazy("Signs the POSTs, so that your endpoint can tell them from others."),
        "SECRET",
    ),
)


# Amounts of money, which a currency's coins limit; no currency of the hosts has more decimals than MOST_DECIMALS.
MONEY = ("reward_value", "surprise_value", "surprise_budget_per_month")
MOST_DECIMALS = 3


class InvalidSettings(ValueError):
    """Settings that can't be used, as a message for each field."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in messages.items()))
        self.messages = dict(messages)

    def by_label(self) -> dict[str, str]:
        """For each field a message that names it; the last says all, because some Dashboards show that one only."""
        labels = {field.name: field.label for field in (*FIELDS, *SECRETS)}
        named = {
            name: _("“%(label)s”: %(message)s") % {"label": labels[name], "message": message}
            for name, message in self.messages.items()
        }
        return {**named, list(named)[-1]: " ".join(named.values())}


@dataclass(frozen=True)
class Programme:
    """What the merchant set for one channel. Money is in the channel's currency."""

    points_per_unit: Decimal
    earning_base: str
    earning_shipping: bool
    return_window_days: int
    time_zone: str
    birthday_key: str
    reward_points: int
    reward_value: Decimal
    reward_kind: str
    surprise_probability: Decimal
    surprise_value: Decimal
    surprise_budget_per_month: Decimal
    surprise_from_order: int
    surprise_cooling_off_days: int
    surprise_validity_days: int
    surprise_reason: str
    holdout_share: Decimal
    survey_question: str
    survey_text: str
    survey_delay_days: int
    survey_latest_days: int
    survey_holdout_share: Decimal
    survey_product_ratings: bool
    survey_points: int
    survey_alert_below: int
    survey_alert_address: str
    points_valid_months: int
    expiry_reminder_days: int
    points_taken_back: str
    mail_consent: str
    mail_terms_confirmed: bool
    mail_sender_name: str
    mail_sender_address: str
    mail_surveys: bool
    mail_surprises: bool
    mail_codes: bool
    mail_statements: bool
    mail_replies: bool
    mail_delivery: str
    mail_endpoint: str

    @property
    def earning_net(self) -> bool:
        """Whether points are earned on amounts without tax."""
        return self.earning_base == NET


def canonical(values: Mapping[str, Any]) -> dict[str, str]:
    """The known settings in `values` as trimmed text, with the default where one is missing."""
    return {field.name: str(values.get(field.name, field.default) or "").strip() for field in FIELDS}


def tidied(name: str, value: Any) -> Any:
    """What was entered for a field, as it is stored: plain numbers, names as they are written, "" for no secret.

    What can't be used is left as it is, for `parse` to refuse.
    """
    if value is None and name in {field.name for field in SECRETS}:
        return ""
    field = next((field for field in FIELDS if field.name == name), None)
    if field is None or not isinstance(value, str):
        return value
    try:
        return as_text(field.read(value.strip()))
    except ValueError:
        return value


def parse(values: Mapping[str, Any], decimals: int = MOST_DECIMALS) -> Programme:
    """Typed settings from text, for a currency of so many decimals.

    Raises InvalidSettings with a message for every field that is wrong.
    """
    texts, parsed, messages = canonical(values), {}, {}
    for field in FIELDS:
        try:
            parsed[field.name] = field.read(texts[field.name])
        except ValueError as error:
            messages[field.name] = str(error)
    for name in MONEY:
        if name in parsed and parsed[name] != round(parsed[name], decimals):
            messages[name] = _("Enter at most %(places)s decimals.") % {"places": decimals}
    messages.update({name: text for name, text in _contradictions(parsed) if name not in messages})
    if messages:
        raise InvalidSettings(messages)
    return Programme(**parsed)


def _contradictions(parsed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if parsed.get("mail_consent") == EXISTING_CUSTOMERS and not parsed.get("mail_terms_confirmed"):
        yield "mail_terms_confirmed", _("Confirm this to write to existing customers.")
    if parsed.get("mail_delivery") in (BY_ENDPOINT, BY_BOTH) and not parsed.get("mail_endpoint"):
        yield "mail_endpoint", _("Enter an address that begins with https://.")


def check_delivery(values: Mapping[str, Any]) -> None:
    """Raises InvalidSettings where messages could not leave, or be read on their way, or where a secret is too short.

    Apart from `parse`, because old versions are parsed for ever, whatever the deployer allows by then.
    """
    messages = dict(_undeliverable({name: str(value or "") for name, value in values.items()}))
    if messages:
        raise InvalidSettings(messages)


def _undeliverable(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in ("mail_sender_address", "survey_alert_address"):
        if not _can_be(wire.mailbox, texts.get(name, "").strip()):
            yield name, _("Enter an e-mail address, for example shop@example.com.")
    endpoint, secret = texts.get("mail_endpoint", "").strip(), texts.get("mail_endpoint_secret", "")
    if not (_can_be(wire.web, endpoint) and is_safe(endpoint)):
        yield "mail_endpoint", _("Enter an address that begins with https://.")
    wanted = texts.get("mail_delivery", "").strip().lower() in (BY_ENDPOINT, BY_BOTH)
    if (wanted or secret) and not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
        limits = {"least": SHORTEST_SECRET, "most": LONGEST_SECRET}
        yield "mail_endpoint_secret", _("Enter a secret of %(least)s to %(most)s characters.") % limits


def _can_be(written: Callable[[str], Any], text: str) -> bool:
    try:
        return not text or bool(written(text))
    except ValueError:
        return False
