"""The shop that is measured: a database of its own, migrated once and emptied for every run, and one product in it."""

from __future__ import annotations

from functools import lru_cache

from django.core.management import call_command
from django.db import connection
from saleor.plugins.models import PluginConfiguration
from saleor.warehouse.models import Stock

from saleor_reciprocity import host, settings
from tests import hosts


def open_shop() -> host.Channel:
    """A shop without a past that sells one thing, with the plugin switched on.

    Its database is not the one that DATABASE_URL names: it has the same name after `test_`, as the test suite's has.
    """
    _enter_database()
    call_command("flush", interactive=False, verbosity=0)
    channel = hosts.open_channel()
    hosts.open_shop(channel)
    Stock.objects.update(quantity=1_000_000)
    hosts.configure(channel, active=True, points_per_unit="1", reward_points="100", reward_value="5")
    return channel


@lru_cache(maxsize=None)
def _enter_database() -> None:
    connection.creation.create_test_db(verbosity=0, keepdb=True, serialize=False)


def settle_down() -> None:
    """Let the database finish what it would do in the background, so that it does not do so while time is taken."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def switch(active: bool) -> None:
    """Switch the plugin on or off as staff left it, without a new version of its settings."""
    PluginConfiguration.objects.filter(identifier=settings.PLUGIN_ID).update(active=active)
