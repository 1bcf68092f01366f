"""The page on which a channel is set: typed, by group, with errors at their fields and what a change means."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from saleor_reciprocity import clock, host, programmes, settings
from saleor_reciprocity.points.models import OrderTerms

from .. import hosts
from ..points.programmes import earned
from .browsing import Reader, manager, text_of


@pytest.fixture
def boss(programme_on: host.Channel) -> Reader:
    return Reader(manager())


def programme(channel: host.Channel) -> Any:
    version = programmes.current(channel.id, clock.datetime.now(clock.timezone.utc))
    assert version is not None
    return version


def test_every_setting_has_a_field_in_its_group(boss: Reader) -> None:
    text = text_of(boss.read("settings"))
    assert re.findall("<legend>(.*?)</legend>", text) == [
        "Points",
        "Standard reward",
        "Surprises",
        "Surveys",
        "Recommendations",
        "Report",
        "Messages",
    ]
    names = set(re.findall(r'name="input\.(\w+)"', text)) - {"active"}
    assert len(names) == len(settings.FIELDS) + len(settings.SECRETS)
    assert '<option value="net">without tax</option>' in text
    assert '<option value="Asia/Shanghai">Asia/Shanghai</option>' in text
    assert "Budget per month (USD)" in text
    assert "Days of the return window (days)" in text


def test_what_is_saved_is_in_force_and_the_rest_stays(boss: Reader, programme_on: host.Channel) -> None:
    fields = {"channel": programme_on.slug, "input__pointsPerUnit": "2.5", "input__surpriseProbability": "10%"}
    answer = boss.send("settings", "Save", **fields, input__mailStatements=["false", "true"], input__active="true")
    assert (answer.status_code, "Done." in text_of(answer)) == (200, True)
    found = programme(programme_on)
    assert (found.programme.points_per_unit, found.programme.surprise_probability) == (Decimal("2.5"), Decimal("0.1"))
    assert (found.programme.mail_statements, found.programme.reward_points, found.active) == (True, 50, True)


def test_what_is_wrong_stands_at_its_fields_all_at_once(boss: Reader, programme_on: host.Channel) -> None:
    fields = {"channel": programme_on.slug, "input__returnWindowDays": "-1", "input__holdoutShare": "2"}
    answer = boss.send("settings", "Save", **fields, input__mailSenderAddress="nobody")
    assert answer.status_code == 422
    wrong = [part for part in text_of(answer).split("<input ")[1:] if 'aria-invalid="true"' in part.split(">")[0]]
    assert [re.search(r'name="([\w.]+)"', part)[1] for part in wrong] == [  # type: ignore[index]
        "input.returnWindowDays",
        "input.holdoutShare",
        "input.mailSenderAddress",
    ]
    assert 'value="nobody"' in text_of(answer)
    assert programme(programme_on).programme.return_window_days == 0


def test_what_a_change_means_is_said_and_nothing_is_changed(
    boss: Reader, programme_on: host.Channel, customer: Any
) -> None:
    earned(customer, "7")
    OrderTerms.objects.update(pending=1)
    fields = {"channel": programme_on.slug, "input__pointsPerUnit": "3", "input__rewardKind": "gift card"}
    answer = boss.send("settings", "Try", **fields, form="Save")
    OrderTerms.objects.update(pending=0)
    text = text_of(answer)
    assert "<strong>Points: per unit of currency</strong>: 1 → 3." in text
    assert "1 order with pending points keeps what it was promised." in text
    assert "Voucher → Gift card. Counts at once. Codes that customers have stay as they are." in text
    assert 'name="input.pointsPerUnit" type="text" value="3"' in text
    assert programme(programme_on).programme.points_per_unit == 1


def test_a_secret_is_never_shown_and_an_empty_one_stays(boss: Reader, programme_on: host.Channel) -> None:
    secret = "0123456789abcdef"
    boss.send("settings", "Save", channel=programme_on.slug, input__mailEndpointSecret=secret)
    boss.send("settings", "Save", channel=programme_on.slug, input__mailEndpointSecret="")
    _active, values = host.plugin_configuration(settings.PLUGIN_ID, programme_on.id)
    assert values["mail_endpoint_secret"] == secret
    assert secret not in text_of(boss.read("settings"))


def test_of_a_secret_it_is_only_said_that_it_changes(boss: Reader, programme_on: host.Channel) -> None:
    def told(secret: str) -> str:
        fields = {"channel": programme_on.slug, "input__mailEndpointSecret": secret}
        notice = text_of(boss.send("settings", "Try", **fields, form="Save")).split('role="status">')[1]
        return re.sub("<.*?>", "", notice.split("</section>")[0]).strip()

    first, second = "0123456789abcdef", "fedcba9876543210"
    said = "What would change\nMessages: secret of the endpoint (at least 16 characters): %s → •••. Counts from now on."
    assert told(first) == said % "–"
    boss.send("settings", "Save", channel=programme_on.slug, input__mailEndpointSecret=first)
    assert told(second) == said % "•••"
    assert told(first) == told("") == "What would change\nNothing would change."


def test_the_programme_is_switched_off_and_on(boss: Reader, programme_on: host.Channel) -> None:
    said = text_of(boss.send("settings", "Try", channel=programme_on.slug, input__active="false", form="Save"))
    assert "The programme</strong>: on → off. No new points, gifts and questions." in said
    boss.send("settings", "Save", channel=programme_on.slug, input__active="false")
    assert not programme(programme_on).active
    boss.send("settings", "Save", channel=programme_on.slug, input__active="true")
    assert programme(programme_on).active


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 has one channel")
def test_settings_are_copied_but_for_amounts_in_another_currency(boss: Reader, programme_on: host.Channel) -> None:
    hosts.configure(programme_on, active=True, points_per_unit="4", reward_value="9", reward_points="70")
    euros = hosts.open_channel("euros", "EUR")
    answer = boss.send("settings", "Copy", "?channel=euros", origin=programme_on.slug, channel="euros")
    assert "Done." in text_of(answer)
    active, values = host.plugin_configuration(settings.PLUGIN_ID, euros.id)
    assert (active, values["points_per_unit"], values["reward_points"]) == (False, "4", "70")
    assert values.get("reward_value", "5") == "5"


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 has one channel")
def test_no_secret_goes_along_with_a_copy(boss: Reader, programme_on: host.Channel) -> None:
    secret, endpoint = "0123456789abcdef", {"mail_delivery": "endpoint", "mail_endpoint": "https://shop.example.org/"}
    hosts.configure(programme_on, active=True, mail_endpoint_secret=secret, points_per_unit="4", **endpoint)
    euros = hosts.open_channel("euros", "EUR")
    copied = boss.send("settings", "Copy", "?channel=euros", origin=programme_on.slug, channel="euros")
    assert (copied.status_code, "Enter a secret of 16 to 200 characters." in text_of(copied)) == (422, True)
    assert secret not in text_of(copied)
    _active, values = host.plugin_configuration(settings.PLUGIN_ID, euros.id)
    assert (values.get("mail_endpoint_secret") or "", values.get("points_per_unit") or "1") == ("", "1")
