"""The plugin's page: defaults, what is refused and where, switching on and off, and the traps of both hosts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from saleor_reciprocity import programme, settings
from saleor_reciprocity.plugin import ReciprocityPlugin

from . import hosts


def test_the_defaults_are_valid_and_modest() -> None:
    assert settings.parse({}) == settings.parse({field.name: field.default for field in settings.FIELDS})
    assert settings.parse({}).points_per_unit == 1


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
    assert programme.current(channel.id) is None, "nothing is switched on by a refused page"


def test_all_bad_values_are_named_at_once() -> None:
    with pytest.raises(settings.InvalidSettings) as refused:
        settings.parse({"points_per_unit": "-1", "reward_kind": "lottery"})
    assert set(refused.value.messages) == {"points_per_unit", "reward_kind"}


def test_saving_without_a_word_about_active_switches_nothing_on_or_off(channel: Any) -> None:
    hosts.configure(channel, points_per_unit="2")
    assert not programme.switched_on(channel.id)
    hosts.configure(channel, active=True)
    hosts.configure(channel, points_per_unit="3")
    assert programme.switched_on(channel.id)


def test_saving_does_not_change_the_defaults_of_the_class(channel: Any) -> None:
    before = [dict(item) for item in ReciprocityPlugin.DEFAULT_CONFIGURATION]
    hosts.configure(channel, active=True, points_per_unit="7")
    assert before == ReciprocityPlugin.DEFAULT_CONFIGURATION


def test_a_stored_value_that_cannot_be_used_is_reported_by_the_system_check(channel: Any) -> None:
    hosts.configure(channel, active=True)
    from saleor.plugins.models import PluginConfiguration

    row = PluginConfiguration.objects.get(identifier="saleor_reciprocity")
    row.configuration = [{"name": "points_per_unit", "value": "lots"}]
    row.save()
    version = programme.current(channel.id)
    assert version is not None
    assert version.programme.points_per_unit == 1, "the last usable settings stay in force"
    from django.core.checks import run_checks

    found = [message.id for message in run_checks(tags=["database"], **databases())]
    assert "reciprocity.E002" in found


def databases() -> dict[str, Any]:
    import django

    return {"databases": ["default"]} if django.VERSION >= (3, 1) else {}


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
        ("pointsPerUnit", "Enter a number from 0 to 10000.")
    ]
    assert not programme.switched_on(channel.id)

    good = {"active": True, "configuration": [{"name": "points_per_unit", "value": "2.5"}]}
    assert client.data(query, input=good, **variables)["pluginUpdate"]["errors"] == []
    version = programme.current(channel.id)
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
    assert programme.switched_on(programme_on.id)
    assert not programme.switched_on(other.id)


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
