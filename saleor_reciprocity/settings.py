"""Settings: what the merchant sets on the plugin's page, typed. What the deployer sets is in `deployment`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy

from . import clock
from .readers import (
    AMOUNT,
    DAYS,
    MONTHS,
    NUMBER_OF_POINTS,
    Reader,
    decimal_between,
    email_address,
    one_of,
    points_names,
    secret_up_to,
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


# The groups of the page, with which the labels begin.
POINTS, REWARD, SURPRISES, SURVEYS, MESSAGES = "points", "reward", "surprises", "surveys", "messages"
RECOMMENDATIONS, REPORT = "recommendations", "report"


@dataclass(frozen=True)
class Field:
    """One input of the plugin page: what it is called there, what it starts with, and how its text becomes a value."""

    name: str
    default: str
    read: Reader
    group: str
    label: Any
    help_text: Any


def setting(default: str, read: Reader, group: str, label: Any, help_text: Any) -> Any:
    """A setting of the programme: with its name and type, all that there is to say about it."""
    return dataclasses.field(metadata={"shown": (default, read, group, label, help_text)})


@dataclass(frozen=True)
class Programme:
    """What the merchant set for one channel, in the order of the plugin's page. Money is in the channel's currency.

    The Dashboard shows switches last, so they are last here.
    """

    points_per_unit: Decimal = setting(
        "1",
        decimal_between("0", "10000", 6),
        POINTS,
        gettext_lazy("Points: per unit of currency"),
        gettext_lazy(
            "Points that a customer earns for each unit of the channel's currency paid for goods. 0 earns none."
        ),
    )
    earning_base: str = setting(
        GROSS,
        one_of(GROSS, NET),
        POINTS,
        gettext_lazy("Points: on amounts with or without tax"),
        gettext_lazy("Either “gross” (taxes count) or “net” (they do not)."),
    )
    return_window_days: int = setting(
        "0",
        whole_between(0, 3650, DAYS),
        POINTS,
        gettext_lazy("Points: days of the return window"),
        gettext_lazy("For how many days after the shipment points stay pending. 0 makes them available at once."),
    )
    points_valid_months: int = setting(
        "0",
        whole_between(0, 1200, MONTHS),
        POINTS,
        gettext_lazy("Points: months of validity"),
        gettext_lazy(
            "Points can be used until the end of the day so many months after they became available. 0: for ever."
        ),
    )
    expiry_reminder_days: int = setting(
        "14",
        whole_between(0, 365, DAYS),
        POINTS,
        gettext_lazy("Points: days between reminder and expiry"),
        gettext_lazy("So many days before points expire, the customer gets a mail. 0 sends none."),
    )
    points_taken_back: str = setting(
        INTO_DEBT,
        one_of(PENDING_ONLY, WITHIN_BALANCE, INTO_DEBT),
        POINTS,
        gettext_lazy("Points: taken back with returned goods"),
        gettext_lazy(
            "“pending only” leaves what is available, “balance” takes what is still there, “debt” takes all: "
            "what was spent is repaid by the next points."
        ),
    )
    time_zone: str = setting(
        clock.UTC,
        time_zone,
        POINTS,
        gettext_lazy("Points: time zone"),
        gettext_lazy("By which clock rules count days and hours, for example Europe/Berlin."),
    )
    birthday_key: str = setting(
        "birthday",
        text_up_to(64),
        POINTS,
        gettext_lazy("Points: where a birthday is stored"),
        gettext_lazy("The key in a customer's metadata that holds the birthday as YYYY-MM-DD or MM-DD."),
    )
    points_name: str = setting(
        "",
        points_names,
        POINTS,
        gettext_lazy("Points: what they are called"),
        gettext_lazy(
            "What customers read instead of “points”, for each language, for 1 and for more: for example “en: star | "
            "stars; zh: 星星”. Empty: points."
        ),
    )
    reward_points: int = setting(
        "100",
        whole_between(0, 1_000_000_000, NUMBER_OF_POINTS),
        REWARD,
        gettext_lazy("Standard reward: price in points"),
        gettext_lazy("What the standard reward costs a customer. 0 offers no standard reward."),
    )
    reward_value: Decimal = setting(
        "5",
        decimal_between("0.001", "1000000", 3, AMOUNT),
        REWARD,
        gettext_lazy("Standard reward: value"),
        gettext_lazy("What the standard reward's code is worth at checkout, in the channel's currency."),
    )
    reward_kind: str = setting(
        VOUCHER,
        one_of(VOUCHER, GIFT_CARD),
        REWARD,
        gettext_lazy("Standard reward: kind"),
        gettext_lazy("Either “voucher” (used up by one order) or “gift card” (keeps what is left of its value)."),
    )
    surprise_probability: Decimal = setting(
        "0",
        share_up_to("1", 8),
        SURPRISES,
        gettext_lazy("Surprises: probability"),
        gettext_lazy("How often an order wins a gift: 0.1, or 10%, is one order in ten. 0 gives no surprises."),
    )
    surprise_value: Decimal = setting(
        "5",
        decimal_between("0.001", "1000000", 3, AMOUNT),
        SURPRISES,
        gettext_lazy("Surprises: value"),
        gettext_lazy("What the voucher of a surprise is worth, in the channel's currency. Small gifts work as well."),
    )
    surprise_budget_per_month: Decimal = setting(
        "100",
        decimal_between("0", "1000000000", 3, AMOUNT),
        SURPRISES,
        gettext_lazy("Surprises: budget per month"),
        gettext_lazy("Never more than this is given in a calendar month (UTC), in the channel's currency."),
    )
    surprise_from_order: int = setting(
        "2",
        whole_between(1, 1000),
        SURPRISES,
        gettext_lazy("Surprises: from which order on"),
        gettext_lazy(
            "The customer's first order that can win. Gifts at first contact can hurt, so 2 is a good number."
        ),
    )
    surprise_cooling_off_days: int = setting(
        "30",
        whole_between(0, 3650, DAYS),
        SURPRISES,
        gettext_lazy("Surprises: days between two"),
        gettext_lazy("After a gift, a customer and everybody at the same address get no other for so many days."),
    )
    surprise_validity_days: int = setting(
        "30",
        whole_between(1, 3650, DAYS),
        SURPRISES,
        gettext_lazy("Surprises: days of validity"),
        gettext_lazy("For how many days the code of a surprise can be used. What was not used returns to the budget."),
    )
    surprise_reason: str = setting(
        "Thank you for coming back.",
        text_up_to(200),
        SURPRISES,
        gettext_lazy("Surprises: a line to the customer"),
        gettext_lazy("Why there is a gift, in one line that the customer reads."),
    )
    holdout_share: Decimal = setting(
        "0.2",
        share_up_to("0.9", 4),
        SURPRISES,
        gettext_lazy("Surprises: share of customers held out"),
        gettext_lazy(
            "This share of the customers, chosen at random once and for ever, gets no surprises, so that their effect "
            "can be measured. A change counts for new customers only."
        ),
    )
    survey_question: str = setting(
        NO_QUESTION,
        one_of(NO_QUESTION, *QUESTIONS),
        SURVEYS,
        gettext_lazy("Surveys: question"),
        gettext_lazy(
            "“csat” asks for satisfaction (1 to 5), “nps” for recommendation (0 to 10), “ces” for effort (1 to 7); "
            "“off” asks nothing."
        ),
    )
    survey_text: str = setting(
        "",
        text_up_to(200),
        SURVEYS,
        gettext_lazy("Surveys: other wording"),
        gettext_lazy("A question of your own instead of the standard wording, on the same scale. Empty keeps it."),
    )
    survey_delay_days: int = setting(
        "7",
        whole_between(0, 365, DAYS),
        SURVEYS,
        gettext_lazy("Surveys: days after the shipment"),
        gettext_lazy("So many days after the last shipment of an order, its customer is asked."),
    )
    survey_latest_days: int = setting(
        "14",
        whole_between(1, 365, DAYS),
        SURVEYS,
        gettext_lazy("Surveys: days of grace"),
        gettext_lazy("After a pause, nobody is asked whose time had come more than so many days ago."),
    )
    survey_holdout_share: Decimal = setting(
        "0.1",
        share_up_to("0.9", 4),
        SURVEYS,
        gettext_lazy("Surveys: share of customers held out"),
        gettext_lazy(
            "This share of the customers, chosen at random once and for ever, is never asked, because being asked "
            "alone changes what people buy. A change counts for new customers only."
        ),
    )
    survey_points: int = setting(
        "0",
        whole_between(0, 1_000_000, NUMBER_OF_POINTS),
        SURVEYS,
        gettext_lazy("Surveys: thank-you points"),
        gettext_lazy(
            "Points that a customer gets after an answer, whatever it is. They are not announced before: answers that "
            "are paid for say less."
        ),
    )
    survey_alert_below: int = setting(
        "3",
        whole_between(0, 11),
        SURVEYS,
        gettext_lazy("Surveys: alert below"),
        gettext_lazy("An answer below this calls for attention: 3 suits “csat”, 7 “nps”, 4 “ces”. 0 alerts never."),
    )
    survey_alert_address: str = setting(
        "",
        email_address,
        SURVEYS,
        gettext_lazy("Surveys: alert address"),
        gettext_lazy("The e-mail address of the shop that is told about each answer below the alert. Empty: none."),
    )
    recommendations_holdout_share: Decimal = setting(
        "0",
        share_up_to("0.9", 4),
        RECOMMENDATIONS,
        gettext_lazy("Recommendations: share of customers held out"),
        gettext_lazy(
            "This share of the customers, chosen at random with their first list, is shown best sellers instead of a "
            "list of their own, so that one sees what the lists bring. A change counts for new customers only."
        ),
    )
    contribution_margin: Decimal = setting(
        "1",
        share_up_to("1", 4, low="0.01"),
        REPORT,
        gettext_lazy("Report: contribution margin"),
        gettext_lazy(
            "What the shop keeps of a sale without tax after the cost of goods and shipping: 0.4, or 40%. The report "
            "counts so much of what customers pay, less what gifts and points cost. 1 counts all of it. Fixed when a "
            "question begins."
        ),
    )
    mail_consent: str = setting(
        NO_CONSENT_SOURCE,
        one_of(NO_CONSENT_SOURCE, PREFERENCE, EXISTING_CUSTOMERS),
        MESSAGES,
        gettext_lazy("Messages: source of consent"),
        gettext_lazy(
            "“off” sends nothing that needs consent. “preference” writes to those who said yes in the shop. “existing "
            "customers” also writes to everybody who has ordered and did not say no."
        ),
    )
    mail_sender_name: str = setting(
        "",
        text_up_to(78),
        MESSAGES,
        gettext_lazy("Messages: name of the sender"),
        gettext_lazy("Who the mails come from. Empty: the name of the shop."),
    )
    mail_sender_address: str = setting(
        "",
        email_address,
        MESSAGES,
        gettext_lazy("Messages: address of the sender"),
        gettext_lazy("The e-mail address that the mails come from. Empty: the shop's own sender."),
    )
    mail_delivery: str = setting(
        BY_EMAIL,
        one_of(BY_EMAIL, BY_ENDPOINT, BY_BOTH),
        MESSAGES,
        gettext_lazy("Messages: delivery"),
        gettext_lazy("“e-mail”, “endpoint” (a signed POST to an address of your own), or “both”."),
    )
    mail_endpoint: str = setting(
        "",
        web_address,
        MESSAGES,
        gettext_lazy("Messages: endpoint"),
        gettext_lazy("The address that gets the signed POSTs, for shops that write by SMS or messenger."),
    )
    earning_shipping: bool = setting(
        "False",
        switch,
        POINTS,
        gettext_lazy("Points: on shipping, too"),
        gettext_lazy("What is paid for shipping earns points, too."),
    )
    survey_product_ratings: bool = setting(
        "False",
        switch,
        SURVEYS,
        gettext_lazy("Surveys: rate products"),
        gettext_lazy("Customers may also rate each product that they bought, if they like."),
    )
    mail_terms_confirmed: bool = setting(
        "False",
        switch,
        MESSAGES,
        gettext_lazy("Messages: existing customers were told"),
        gettext_lazy(
            "I confirm that customers are told when they order that the shop may write to them, and that they can say "
            "no. Needed for “existing customers”."
        ),
    )
    mail_surveys: bool = setting(
        "True",
        switch,
        MESSAGES,
        gettext_lazy("Messages: surveys"),
        gettext_lazy("Ask one question some days after an order. Needs consent."),
    )
    mail_surprises: bool = setting(
        "True",
        switch,
        MESSAGES,
        gettext_lazy("Messages: surprises"),
        gettext_lazy("Tell customers about a gift that they won. Needs consent."),
    )
    mail_codes: bool = setting(
        "True",
        switch,
        MESSAGES,
        gettext_lazy("Messages: codes"),
        gettext_lazy("Send the code that a customer has just exchanged points for, and say what becomes of a service."),
    )
    mail_statements: bool = setting(
        "False",
        switch,
        MESSAGES,
        gettext_lazy("Messages: monthly statements"),
        gettext_lazy("Tell customers once a month how many points they have. Needs consent."),
    )
    mail_replies: bool = setting(
        "True",
        switch,
        MESSAGES,
        gettext_lazy("Messages: replies"),
        gettext_lazy("Send what the shop replies to a customer's answer."),
    )
    order_notes: bool = setting(
        "False",
        switch,
        MESSAGES,
        gettext_lazy("Messages: points in the order's metadata"),
        gettext_lazy(
            "How many points an order brings is written into its private metadata, for apps that print it in their "
            "mails."
        ),
    )
    order_notes_code: bool = setting(
        "False",
        switch,
        MESSAGES,
        gettext_lazy("Messages: the code of a gift in the order's metadata"),
        gettext_lazy(
            "Of a gift, its code is written there as well, which everybody who may manage orders can read then, and "
            "use."
        ),
    )

    @property
    def earning_net(self) -> bool:
        """Whether points are earned on amounts without tax."""
        return self.earning_base == NET

    def worth_of(self, points: int) -> Decimal | None:
        """What points are worth by the standard reward, exactly; None where there is none."""
        return points * self.reward_value / self.reward_points if self.reward_points else None


FIELDS = tuple(Field(each.name, *each.metadata["shown"]) for each in dataclasses.fields(Programme))


SHORTEST_SECRET, LONGEST_SECRET = 16, 200

# Inputs that are kept out of the programme and its versions, because nobody may read them.
SECRETS = (
    Field(
        "mail_endpoint_secret",
        "",
        secret_up_to(LONGEST_SECRET),
        MESSAGES,
        gettext_lazy("Messages: secret of the endpoint (at least 16 characters)"),
        gettext_lazy("Signs the POSTs, so that your endpoint can tell them from others."),
    ),
)


# Amounts of money, which a currency's coins limit; no currency of the hosts has more decimals than MOST_DECIMALS.
MONEY = tuple(field.name for field in FIELDS if field.read.unit == AMOUNT)
MOST_DECIMALS = 3
