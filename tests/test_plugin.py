"""The plugin's page: defaults, what is refused and where, switching on and off, and the traps of both hosts."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from saleor_reciprocity import clock, host, inputs, programmes, settings, settlement
from saleor_reciprocity.plugin import ReciprocityPlugin
from saleor_reciprocity.points.models import Account

from . import hosts
from .hosts.either import databases


def test_the_defaults_are_valid_and_modest() -> None:
    assert inputs.parse({}) == inputs.parse({field.name: field.default for field in settings.FIELDS})
    assert inputs.parse({}).points_per_unit == 1


def test_every_field_has_a_label_and_a_help_text() -> None:
    for item in ReciprocityPlugin.DEFAULT_CONFIGURATION:
        structure = ReciprocityPlugin.CONFIG_STRUCTURE[item["name"]]
        assert str(structure["label"])
        assert str(structure["help_text"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("points_per_unit", "-1"),
        ("points_per_unit", "much"),
        ("points_per_unit", ""),
        ("points_per_unit", "NaN"),
        ("points_per_unit", "Infinity"),
        ("points_per_unit", "1e9"),
        ("points_per_unit", "0.0000001"),
        ("reward_points", "1.5"),
        ("reward_points", "-5"),
        ("reward_value", "0"),
        ("reward_value", "-5"),
        ("reward_value", "5 USD"),
        ("reward_value", "4.999"),
        ("surprise_value", "0.001"),
        ("reward_kind", "lottery"),
    ],
)
def test_a_bad_value_is_refused_at_its_field(name: str, value: str, channel: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        hosts.configure(channel, active=True, **{name: value})
    assert list(refused.value.message_dict) == [name]
    assert programmes.current(channel.id, timezone.now()) is None, "nothing is switched on by a refused page"


def test_all_bad_values_are_named_at_once() -> None:
    with pytest.raises(inputs.InvalidSettings) as refused:
        inputs.parse({"points_per_unit": "-1", "reward_kind": "lottery"})
    assert set(refused.value.messages) == {"points_per_unit", "reward_kind"}


def test_each_message_begins_with_its_label_and_the_last_says_all(channel: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        hosts.configure(channel, active=True, points_per_unit="-1", reward_kind="lottery", survey_delay_days="14 days")
    rate = "“Points: per unit of currency”: Enter a number from 0 to 10000."
    kind = "“Standard reward: kind”: Enter one of: voucher, gift card."
    delay = "“Surveys: days after the shipment”: Enter a whole number of days from 0 to 365, without the word."
    assert list(refused.value.message_dict.items()) == [
        ("points_per_unit", [rate]),
        ("reward_kind", [kind]),
        ("survey_delay_days", [f"{rate} {kind} {delay}"]),
    ]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("reward_value", "5 USD", "Enter an amount from 0.001 to 1000000, without the currency."),
        ("surprise_budget_per_month", "€100", "Enter an amount from 0 to 1000000000, without the currency."),
        ("return_window_days", "2 weeks", "Enter a whole number of days from 0 to 3650, without the word."),
        ("points_valid_months", "1 year", "Enter a whole number of months from 0 to 1200, without the word."),
        ("reward_points", "100 points", "Enter a whole number of points from 0 to 1000000000, without the word."),
        ("points_per_unit", "1,500", "Enter a number from 0 to 10000."),
        ("points_per_unit", "20%", "Enter a number from 0 to 10000."),
        ("holdout_share", "20", "Enter a share from 0 to 0.9, or a percentage such as 20%."),
        ("holdout_share", "95%", "Enter a share from 0 to 0.9, or a percentage such as 20%."),
        ("holdout_share", "%", "Enter a share from 0 to 0.9, or a percentage such as 20%."),
        ("contribution_margin", "0", "Enter a share from 0.01 to 1, or a percentage such as 20%."),
        ("contribution_margin", "40", "Enter a share from 0.01 to 1, or a percentage such as 20%."),
        ("time_zone", "Mars/Olympus", "Enter the name of a time zone, for example Europe/Berlin."),
        ("time_zone", "../../etc/passwd", "Enter the name of a time zone, for example Europe/Berlin."),
    ],
)
def test_what_is_not_understood_is_answered_with_what_is_meant(
    name: str, value: str, message: str, channel: Any
) -> None:
    with pytest.raises(inputs.InvalidSettings) as refused:
        inputs.parse({name: value})
    assert refused.value.messages == {name: message}


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("points_per_unit", "1,5", "1.5"),
        ("points_per_unit", " 2.50 ", "2.5"),
        ("points_per_unit", "1e2", "100"),
        ("surprise_probability", "20 %", "0.2"),
        ("holdout_share", "12,5%", "0.125"),
        ("holdout_share", "20％", "0.2"),
        ("contribution_margin", "37.5 %", "0.375"),
        ("reward_kind", "Gift Card", "gift card"),
        ("return_window_days", "14.0", "14"),
        ("time_zone", "europe/berlin", "Europe/Berlin"),
        ("time_zone", "AMERICA/NEW_YORK", "America/New_York"),
        ("time_zone", "utc", "UTC"),
        ("surprise_reason", "20 %, 1,5", "20 %, 1,5"),
        ("earning_shipping", "yes", True),
        ("earning_shipping", "off", False),
        ("mail_surveys", "false", False),
    ],
)
def test_what_is_understood_is_stored_as_it_is_meant(name: str, value: str, stored: Any, channel: Any) -> None:
    hosts.configure(channel, active=True, **{name: value})
    _, values = host.plugin_configuration("saleor_reciprocity", channel.id)
    assert values[name] == stored


def test_versions_from_before_keep_their_meaning() -> None:
    assert inputs.parse({"earning_shipping": "yes"}).earning_shipping is True
    assert inputs.parse({"earning_shipping": "no"}).earning_shipping is False
    assert inputs.parse({"time_zone": "europe/berlin"}).time_zone == "Europe/Berlin"


def test_a_time_zone_that_the_database_does_not_know_is_refused_when_it_is_saved(
    channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "zone_name", lambda text: text)
    assert inputs.parse({"time_zone": "Mars/Olympus"}).time_zone == "Mars/Olympus", "Python knows it"
    with pytest.raises(ValidationError) as refused:
        hosts.configure(channel, active=True, time_zone="Mars/Olympus")
    assert list(refused.value.message_dict) == ["time_zone"]
    assert programmes.current(channel.id, timezone.now()) is None


def test_a_time_zone_that_a_script_stored_stops_no_order(
    programme_on: Any, customer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "zone_name", lambda text: text)
    store(points_per_unit="7", time_zone="Mars/Olympus")
    order = hosts.order(customer, [("10", 1)])
    settlement.settle(host.order_id(order))
    assert Account.objects.get().pending == 10, "by the last settings that can be used"
    assert "reciprocity.E002" in reported()


def test_null_clears_a_secret(channel: Any) -> None:
    def secret() -> Any:
        return host.plugin_configuration("saleor_reciprocity", channel.id)[1]["mail_endpoint_secret"]

    hosts.configure(channel, active=True, mail_endpoint_secret="a secret of the shop")
    assert secret() == "a secret of the shop"
    hosts.configure(channel, mail_endpoint_secret=None)
    assert secret() == ""


def test_inputs_stand_in_groups_that_their_labels_begin_with_and_switches_stand_last() -> None:
    fields = settings.FIELDS
    switches = [field for field in fields if field.read.type == "BOOLEAN"]
    others = [field for field in fields if field.read.type != "BOOLEAN"]
    assert list(fields) == [*others, *switches]
    for part in (others, switches):
        groups = [group for group, _ in groupby(str(field.label).split(": ")[0] for field in part)]
        order = ["Points", "Standard reward", "Surprises", "Surveys", "Recommendations", "Report", "Messages"]
        assert groups == [group for group in order if group in groups]
    assert {field.default for field in switches} == {"True", "False"}
    assert not {"yes", "no"} & {field.default for field in fields}, "yes and no are switches"
    assert "at least 16 characters" in str(settings.SECRETS[0].label)


def test_a_form_learns_group_choices_and_unit_of_each_input() -> None:
    shown = {field.name: (field.group, field.read.choices, field.read.unit) for field in settings.FIELDS}
    assert shown["reward_kind"] == ("reward", ("voucher", "gift card"), "")
    assert shown["mail_delivery"] == ("messages", ("e-mail", "endpoint", "both"), "")
    assert shown["return_window_days"] == ("points", (), "days")
    assert shown["holdout_share"] == ("surprises", (), "share")
    assert shown["survey_points"] == ("surveys", (), "points")
    assert shown["recommendations_holdout_share"] == ("recommendations", (), "share")
    assert shown["contribution_margin"] == ("report", (), "share")
    titles = {
        "points": "Points",
        "reward": "Standard reward",
        "surprises": "Surprises",
        "surveys": "Surveys",
        "recommendations": "Recommendations",
        "report": "Report",
    }
    for field in (*settings.FIELDS, *settings.SECRETS):
        assert str(field.label).startswith(titles.get(field.group, "Messages") + ": "), field.name


def test_saving_without_a_word_about_active_switches_nothing_on_or_off(channel: Any) -> None:
    hosts.configure(channel, points_per_unit="2")
    assert not programmes.switched_on(channel.id, timezone.now())
    hosts.configure(channel, active=True)
    hosts.configure(channel, points_per_unit="3")
    assert programmes.switched_on(channel.id, timezone.now())


def test_saving_does_not_change_the_defaults_of_the_class(channel: Any) -> None:
    before = [dict(item) for item in ReciprocityPlugin.DEFAULT_CONFIGURATION]
    hosts.configure(channel, active=True, points_per_unit="7")
    assert before == ReciprocityPlugin.DEFAULT_CONFIGURATION


def test_a_stored_value_that_cannot_be_used_is_reported_by_the_system_check(channel: Any) -> None:
    hosts.configure(channel, active=True)
    store(points_per_unit="lots")
    version = programmes.current(channel.id, timezone.now())
    assert version is not None
    assert version.programme.points_per_unit == 1, "the last usable settings stay in force"
    assert "reciprocity.E002" in reported()


@pytest.mark.parametrize(
    ("domain", "wrong"),
    [("localhost:8000", True), ("127.0.0.1", True), ("example.com", True), ("api.tea.example", False)],
)
def test_links_that_lead_nowhere_are_reported_by_the_system_check(
    domain: str, wrong: bool, channel: Any, settings: Any
) -> None:
    hosts.site_of_shop(domain=domain)
    assert ("reciprocity.W002" in reported()) is wrong
    settings.DEBUG = True
    assert "reciprocity.W002" not in reported(), "a developer's shop is on this machine"


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 has no PUBLIC_URL")
def test_links_that_begin_with_the_public_address_are_not_reported(channel: Any, settings: Any) -> None:
    hosts.site_of_shop(domain="localhost:8000")
    settings.PUBLIC_URL = "https://api.tea.example/"
    assert "reciprocity.W002" not in reported()


def store(**values: str) -> None:
    """What a script may store, past the plugin's page."""
    from saleor.plugins.models import PluginConfiguration

    row = PluginConfiguration.objects.get(identifier="saleor_reciprocity")
    row.configuration = [{"name": name, "value": value} for name, value in values.items()]
    row.save()


def reported() -> list[str]:
    return [message.id for message in run_checks(tags=["database"], **databases())]


UPDATE = """mutation($id: ID!, $channel: ID, $input: PluginUpdateInput!) {
  pluginUpdate(id: $id, channelId: $channel, input: $input) { errors { field message } } }"""


def test_the_page_through_the_api(channel: Any) -> None:
    staff = hosts.customer("staff@example.com", staff=True)
    hosts.give_rights(staff.user_permissions, "plugins.manage_plugins")
    query, variables = UPDATE, {"id": "saleor_reciprocity"}
    if hosts.MULTI_CHANNEL:
        import graphene

        variables["channel"] = graphene.Node.to_global_id("Channel", channel.id)
    else:
        query = query.replace("$channel: ID, ", "").replace("channelId: $channel, ", "")
    client = hosts.as_user(staff)

    bad = {"active": True, "configuration": [{"name": "points_per_unit", "value": "-1"}]}
    errors = client.data(query, input=bad, **variables)["pluginUpdate"]["errors"]
    assert [(error["field"], error["message"]) for error in errors] == [
        ("pointsPerUnit", "“Points: per unit of currency”: Enter a number from 0 to 10000.")
    ]
    assert not programmes.switched_on(channel.id, timezone.now())

    good = {"active": True, "configuration": [{"name": "points_per_unit", "value": "2.5"}]}
    assert client.data(query, input=good, **variables)["pluginUpdate"]["errors"] == []
    version = programmes.current(channel.id, timezone.now())
    assert version is not None
    assert str(version.programme.points_per_unit) == "2.5"


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 has one channel")
def test_each_channel_has_settings_of_its_own(programme_on: Any, customer: Any) -> None:
    from saleor_reciprocity import host, settlement
    from saleor_reciprocity.points.models import Account

    other = hosts.open_channel("pln", "PLN")
    hosts.configure(other, active=True, points_per_unit="0.25")
    for channel in (programme_on, other):
        settlement.settle(host.order_id(hosts.order(customer, [("100", 1)], channel=channel)))
    assert Account.objects.get().pending == 100 + 25
    hosts.configure(other, active=False)
    assert programmes.switched_on(programme_on.id, timezone.now())
    assert not programmes.switched_on(other.id, timezone.now())


def test_no_migration_is_missing(db: Any) -> None:
    call_command("makemigrations", "reciprocity", check=True, dry_run=True, verbosity=0)


def test_the_committed_schema_is_current(db: Any) -> None:
    call_command("reciprocity_schema", check=True)


def test_the_schedule_is_known_to_celery() -> None:
    from celery import current_app

    from saleor_reciprocity import tasks

    for name, entry in tasks.SCHEDULE.items():
        assert current_app.conf.beat_schedule[name]["task"] in current_app.tasks
        assert entry["task"].startswith("reciprocity.")
