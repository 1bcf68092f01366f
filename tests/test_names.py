"""Names: what a shop calls its points, in each language, wherever a customer reads of them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from saleor_reciprocity import errors, host, inputs, names, readers, settlement
from saleor_reciprocity.mail import kinds, samples
from saleor_reciprocity.surveys.models import Answer

from . import hosts
from .points.programmes import rule
from .surveys.shop import invited, path_of, post, since_a_year

STARS = "en: star | stars; zh: 星星"
POINTS = re.compile(r"\bpoints?\b|积分", re.IGNORECASE)


@pytest.mark.parametrize(
    ("entered", "stored"),
    [
        ("", ""),
        ("en: star | stars", "en: star | stars"),
        ("  EN:star|stars ;zh-Hans：星星; ", "en: star | stars; zh-hans: 星星"),
        ("en: XP\nde: Herz | Herzen", "en: XP; de: Herz | Herzen"),
        ("en: shiny coin | shiny coins", "en: shiny coin | shiny coins"),
    ],
)
def test_what_may_be_entered(entered: str, stored: str) -> None:
    assert readers.points_names(entered) == stored
    assert readers.points_names(stored) == stored
    assert inputs.tidied("points_name", entered) == stored


@pytest.mark.parametrize(
    "entered",
    ["stars", "en:", "en: |", "en: a | b | c", "en: a; en: b", "en: a: b", "en: {n}", "en: <b>", "english!: a",
     "en: " + "a" * 31, "en: a\u202eb", "en: %(x)s", "en: a | b; " * 30],
)  # fmt: skip
def test_what_may_not(entered: str) -> None:
    with pytest.raises(inputs.InvalidSettings) as refused:
        inputs.parse({"points_name": entered})
    assert refused.value.messages == {
        "points_name": "Enter for each language once what points are called for 1 and for more: "
        "“en: star | stars; zh: 星星”."
    }


@pytest.mark.parametrize(
    ("language", "called", "number", "expected"),
    [
        ("en", STARS, 1, "1 star"), ("en", STARS, 0, "0 stars"), ("en", STARS, 2, "2 stars"),
        ("en", STARS, Decimal("1.50"), "1.5 stars"), ("en", STARS, Decimal("1.00"), "1 star"),
        ("en-gb", STARS, 2, "2 stars"), ("zh-hans", STARS, 1, "1 星星"), ("zh-hans", STARS, 5, "5 星星"),
        ("zh-hans", "en: star | stars", 5, "5 积分"), ("en", "zh: 星星", 1, "1 point"),
        ("en", "", 1, "1 point"), ("en", "", 7, "7 points"), ("en", "", Decimal("0.5"), "0.5 points"),
        ("zh-hans", "zh-cn: 星星", 3, "3 星星"), ("zh-hans", "zh: 星; zh-hans: 星星", 3, "3 星星"),
        ("en", "en: XP", 1, "1 XP"), ("en", "en: XP", 9, "9 XP"),
    ],
)  # fmt: skip
def test_an_amount_in_words(language: str, called: str, number: Any, expected: str) -> None:
    with override(language):
        assert names.amount(called, number) == expected


@pytest.fixture
def stars(channel: host.Channel) -> host.Channel:
    """A shop that calls its points stars."""
    hosts.configure(
        channel,
        active=True,
        points_name=STARS,
        points_per_unit="1",
        survey_question="csat",
        survey_points="1",
        survey_holdout_share="0",
        mail_consent="existing customers",
        mail_terms_confirmed="true",
    )
    since_a_year()
    return channel


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", sorted(kinds.FOR_CUSTOMERS))
def test_no_mail_speaks_of_points(kind: str, language: str, stars: host.Channel) -> None:
    letter = samples.letter(kind, language, stars, timezone.now())
    for text in (letter.subject, letter.text, letter.html):
        assert not POINTS.search(text), text
    if kind in (kinds.EXPIRY, kinds.REDEMPTION):
        assert {"en": " stars", "zh-hans": " 星星"}[language] in letter.text


def test_what_mails_say_of_points_without_another_name(programme_on: host.Channel) -> None:
    letter = samples.letter(kinds.EXPIRY, "en", programme_on, timezone.now())
    assert (letter.subject, "60 points will expire soon." in letter.text) == ("Some of your points will expire", True)
    letter = samples.letter(kinds.STATEMENT, "zh-hans", programme_on, timezone.now())
    assert letter.subject == "您的积分"


def test_no_kind_of_message_speaks_of_points() -> None:
    for language in ("en", "zh-hans"):
        with override(language):
            assert not [str(kind.label) for kind in kinds.FOR_CUSTOMERS.values() if POINTS.search(str(kind.label))]


def test_no_error_that_a_customer_meets_speaks_of_points() -> None:
    met = [
        errors.SignInRequired, errors.InsufficientPoints, errors.RewardUnavailable, errors.OutOfStock,
        errors.LimitReached, errors.TierTooLow, errors.CheckoutRequired, errors.RewardNotApplicable,
        errors.VoucherOnCheckout, errors.CodeOnCheckout, errors.CodeAlreadyUsed, errors.KeyAlreadyUsed, errors.Busy,
    ]  # fmt: skip
    for language in ("en", "zh-hans"):
        with override(language):
            assert not [case for case in met if POINTS.search(case().message)]


def test_the_page_of_thanks(stars: host.Channel) -> None:
    for buyer, code, said in (("a@example.com", "en", "1 star for you"), ("b@example.com", "zh-hans", "1 星星")):
        invitation = invited(buyer)
        type(invitation).objects.filter(pk=invitation.pk).update(language=code)
        page = post(path_of(invitation), score="5").content.decode()
        assert said in page
        assert not POINTS.search(page)
    assert Answer.objects.count() == 2


WHY = "{ me { orders(first: 1) { edges { node { loyalty { why lines { why } } } } } } }"


def test_why_an_order_has_its_points(stars: host.Channel, customer: Any) -> None:
    rule("bonus", "5", name="Welcome")
    order = hosts.order(customer, [("40", 1)])
    settlement.settle(host.order_id(order))
    (edge,) = hosts.as_user(customer).data(WHY)["me"]["orders"]["edges"]
    said = [*edge["node"]["loyalty"]["why"], *edge["node"]["loyalty"]["lines"][0]["why"]]
    assert "1 star for each USD." in said
    assert "“Welcome”: 5 stars for this order." in said
    assert not POINTS.search(" ".join(said))


NAME = """query($channel: String, $language: String) {
  loyaltyPointsName(channel: $channel, language: $language) { one other language } }"""


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", {"one": "star", "other": "stars", "language": "en"}),
        ("zh-CN", {"one": "星星", "other": "星星", "language": "zh-hans"}),
        ("xx", {"one": "star", "other": "stars", "language": "en"}),
        (None, {"one": "star", "other": "stars", "language": "en"}),
    ],
)
def test_storefronts_ask_for_the_name(language: Any, expected: Any, stars: host.Channel) -> None:
    answer = hosts.GraphQL().data(NAME, channel=stars.slug, language=language)
    assert answer["loyaltyPointsName"] == expected


def test_the_name_where_none_is_set_and_of_no_channel(programme_on: host.Channel) -> None:
    points = {"one": "point", "other": "points", "language": "en"}
    for channel in (programme_on.slug, "nowhere"):
        assert hosts.GraphQL().data(NAME, channel=channel)["loyaltyPointsName"] == points
    answer = hosts.GraphQL().data(NAME, channel=programme_on.slug, language="zh-hans")
    assert answer["loyaltyPointsName"] == {"one": "积分", "other": "积分", "language": "zh-hans"}
