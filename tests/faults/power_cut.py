"""PostgreSQL stopped with `-m immediate` under load and restarted: what was promised is there, the books are right.

    make power-cut        a server of its own, durable, with a shop in it; ARGS="--cuts 10" for more
    python -m tests.faults.power_cut --database-url URL --cut 'COMMAND' --start 'COMMAND'    any other server

Workers order, ship, settle, redeem, give back and sweep until the power goes. Each notes a redemption only after it has
its code: such a code must be there after the restart. What an order was just given may be lost with the power (its
commit does not wait for the disk); then the sweep gives it again, and a surprise that a customer saw is one again.
"""

from __future__ import annotations

import argparse
import os
import random
import shlex
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Any

from django.utils import timezone

ROOT = Path(__file__).resolve().parent.parent.parent
CUSTOMERS, WORKERS, SECONDS = 5, 6, 4.0
CAMPAIGN = {
    "surprise_probability": "0.5",
    "surprise_value": "3",
    "surprise_budget_per_month": "1000000",
    "surprise_from_order": "1",
    "surprise_cooling_off_days": "0",
    "holdout_share": "0",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.power_cut")
    parser.add_argument("--cuts", type=int, default=3, help="how often the power goes (3)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="for the workers' choices")
    parser.add_argument("--cut", required=True, help="the command that stops the server at once")
    parser.add_argument("--start", required=True, help="the command that starts it")
    parser.add_argument("--work", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    _set_up()
    if arguments.work is not None:
        _use_test_database()
        return work(arguments.seed, random.Random(arguments.seed + arguments.work))
    print(f"seed {arguments.seed}", flush=True)
    promised = 0
    shop()
    for cut in range(1, arguments.cuts + 1):
        promised += one_cut(cut, arguments)
    print(f"{arguments.cuts} power cuts, {promised} codes and surprises promised and kept, the books are right.")
    return 0


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.db import connection

    from tests import hosts

    hosts.prepare()

    connection.settings_dict["NAME"] = connection.creation._get_test_db_name()
    connection.close()


def _use_test_database() -> None:
    from django.db import connection

    connection.settings_dict["NAME"] = connection.creation._get_test_db_name()


def shop() -> None:
    """A migrated database with the programme and a campaign on; made once, kept from cut to cut."""
    from django.db import connection

    from saleor_reciprocity import host
    from tests import hosts

    connection.creation.create_test_db(verbosity=0, keepdb=True, serialize=False)
    with host.allow_writer():
        channel = hosts.open_channel()
        hosts.configure(channel, active=True, points_per_unit="1", reward_points="50", reward_value="5", **CAMPAIGN)


def one_cut(cut: int, arguments: argparse.Namespace) -> int:
    """Load, power cut, restart, sweep, proof. Returns how many codes and surprises were promised."""
    from django.db import connection

    connection.close()
    command = [sys.executable, "-W", "ignore", "-m", "tests.faults.power_cut", "--cut", "", "--start", ""]
    seed = ["--seed", str(arguments.seed + cut * 1000), "--work"]
    workers = [
        subprocess.Popen(
            [*command, *seed, str(number)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        for number in range(WORKERS)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "at work\n"
    time.sleep(SECONDS)
    subprocess.run(shlex.split(arguments.cut), check=True)
    promised = [line.split() for worker in workers for line in worker.communicate(timeout=120)[0].splitlines()]
    assert all(worker.returncode == 0 for worker in workers), "a worker ended otherwise than by the power cut"
    subprocess.run(shlex.split(arguments.start), check=True, stdout=subprocess.DEVNULL)
    prove(promised)
    print(f"cut {cut}: {len(promised)} codes and surprises promised, all there", flush=True)
    return len(promised)


def prove(promised: list[list[str]]) -> None:
    """After the restart: every promised code is there, the schedule looks, the books and the draws are right."""
    from django.core.management import call_command

    from saleor_reciprocity import host
    from saleor_reciprocity.rewards.models import Redemption
    from saleor_reciprocity.surprises.models import Draw, Outcome

    from .killing import look_after_everything

    with host.allow_writer():
        there = set(Redemption.objects.values_list("code", flat=True))
        codes = [code for kind, code in promised if kind == "code"]
        won = {order_id for kind, order_id in promised if kind == "won"}
        assert codes, "nobody got as far as a code; the load was too small to prove anything"
        assert won, "nobody saw a surprise; the load was too small to prove anything"
        lost = set(codes) - there
        assert not lost, f"{len(lost)} codes were promised and lost"
        call_command("reciprocity_check", stdout=StringIO())
        look_after_everything()
        lost = won - set(Draw.objects.filter(outcome=Outcome.WON).values_list("order_id", flat=True))
        assert not lost, f"{len(lost)} surprises were seen and lost"
        call_command("reciprocity_verify_draws", stdout=StringIO())
        call_command("reciprocity_check", stdout=sys.stdout if os.environ.get("VERBOSE") else StringIO())


def work(cut: int, choose: random.Random) -> int:
    """One worker: whatever happens in a shop, until the database is gone. Each cut has customers of its own, because
    nobody wins more than a few times a day.
    """
    from saleor_reciprocity import errors, host, settlement

    # What is refused, or left to the sweep, while the database is there.
    fine = (errors.ReciprocityError, settlement.SettlementFailed, settlement.OutOfTime)
    with host.allow_writer():
        people = [_customer(f"customer-{cut}-{n}@example.com") for n in range(CUSTOMERS)]
        print("at work", flush=True)
        while True:
            try:
                choose.choice(DEEDS)(choose.choice(people), choose)
            except Exception as error:
                if not _database_answers():
                    return 0
                if not isinstance(error, fine):
                    raise


def _database_answers() -> bool:
    from django.db import OperationalError, connection

    connection.close()
    try:
        connection.ensure_connection()
    except OperationalError:
        return False
    return True


def _customer(email: str) -> Any:
    from django.contrib.auth import get_user_model
    from django.db import IntegrityError, transaction

    from tests import hosts

    try:
        with transaction.atomic():
            return hosts.customer(email)
    except IntegrityError:  # another worker, or an earlier cut
        return get_user_model().objects.get(email=email)


def buy(person: Any, choose: random.Random) -> None:
    from saleor_reciprocity import host, settlement
    from saleor_reciprocity.surprises.models import Draw, Outcome
    from tests import hosts

    order = hosts.order(person, [("60", 1)])
    if choose.random() < 0.8:
        hosts.ship(order)
    with settlement.bounded(5) as each:
        settlement.settle(host.order_id(order), each=each)
    if Draw.objects.filter(order_id=host.order_id(order), outcome=Outcome.WON).exists():
        print(f"won {host.order_id(order)}", flush=True)


def redeem(person: Any, choose: random.Random) -> None:
    from saleor_reciprocity import host
    from saleor_reciprocity.rewards import redemption
    from saleor_reciprocity.rewards.models import Reward

    reward = Reward.objects.get(is_standard=True)
    made = redemption.redeem(host.person(person), reward.pk, f"{choose.getrandbits(64):x}", now=timezone.now())
    print(f"code {made.code}", flush=True)


def give_back(person: Any, choose: random.Random) -> None:
    from saleor_reciprocity.rewards import closing
    from saleor_reciprocity.rewards.models import Redemption

    unused = Redemption.objects.filter(account__user=person, state="unused").order_by("?").first()
    if unused is not None:
        closing.cancel(unused.pk, "user:1", now=timezone.now())


def sweep(person: Any, choose: random.Random) -> None:
    from saleor_reciprocity import sweep

    sweep.sweep_recent()


DEEDS = (buy, buy, buy, redeem, redeem, redeem, give_back, sweep)


if __name__ == "__main__":
    sys.exit(main())
