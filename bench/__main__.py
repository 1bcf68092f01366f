"""Runs the benchmarks in the database server of DATABASE_URL, prints the table and writes it as JSON.

python -m bench [--orders 300] [--redemptions 1000] [--recommendations 1000] [--past 1000000] [--settled 1000000]
                [--due 1000000] [--report 10000 100000 1000000] [--entries 100000] [--seconds 5 --peers]
                [--messages 300] [--json FILE] [--saleor PATH]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from .ratio import Once, Row

SERVER_SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")


def main() -> int:
    arguments = _arguments()
    sys.path[1:1] = [str(arguments.saleor)] if arguments.saleor else []
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    from . import crowds, large, messages, orders, redemptions, reports, serving, shop, volume

    print("Preparing a shop ...", flush=True)
    channel = shop.open_shop()
    surroundings = _surroundings()
    print("; ".join(f"{name} {value}" for name, value in surroundings.items()), flush=True)
    rows: list[Row | Once] = []
    timed = (
        (orders.measure, arguments.orders),
        (redemptions.measure, arguments.redemptions),
        (serving.measure, arguments.recommendations),
    )
    for measure, pairs in [(measure, pairs) for measure, pairs in timed if pairs]:
        print(f"Timing {pairs} pairs ...", flush=True)
        rows.append(measure(channel, pairs))
    whole = (
        (large.award_the_past, arguments.past, "Awarding {:,} past orders ..."),
        (large.sweep_nothing, arguments.settled, "Sweeping over {:,} settled orders ..."),
        (large.write_off, arguments.due, "Writing off {:,} due lots ..."),
    )
    for measure, size, text in [part for part in whole if part[1]]:
        print(text.format(size), flush=True)
        rows.append(measure(channel, size))
    for size in arguments.report:
        print(f"Making a shop with {size:,} orders, and its report ...", flush=True)
        rows.append(reports.measure(shop.open_shop(), size))
        print(f"... {rows[-1].cells[1]}, {rows[-1].notes}", flush=True)
    for entries in arguments.entries:
        print(f"Timing accounts with {entries:,} entries ...", flush=True)
        rows += volume.measure(channel, entries, arguments.volume)
    throughput = crowds.measure(channel, arguments.seconds, arguments.peers) if arguments.seconds else []
    if arguments.messages:
        print(f"Sending {arguments.messages:,} messages ...", flush=True)
        throughput += messages.measure(channel, arguments.messages)
    print(f"\n{_table(rows)}\n")
    print("\n".join([*throughput, ""]))
    for row in filter(lambda row: row.notes, rows):
        print(f"{row.what}: {', '.join(f'{value} {name}' for name, value in row.notes.items())}")
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(
        json.dumps({"on": surroundings, "rows": [row.as_json() for row in rows], "throughput": throughput}, indent=2)
        + "\n"
    )
    print(f"All figures: {arguments.json}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures what the plugin costs, as ratios.")
    parser.add_argument("--orders", type=int, default=300, help="pairs of orders to time")
    parser.add_argument("--redemptions", type=int, default=1000, help="pairs of redemptions to time")
    parser.add_argument("--recommendations", type=int, default=1000, help="pairs of recommendations to time")
    parser.add_argument("--past", type=int, default=1000, help="past orders to award")
    parser.add_argument("--settled", type=int, default=100_000, help="settled orders to sweep over")
    parser.add_argument("--due", type=int, default=100_000, help="due lots to write off")
    parser.add_argument("--report", type=int, nargs="*", default=[10_000], help="sizes of shops to make the report of")
    parser.add_argument("--entries", type=int, nargs="*", default=[], help="sizes of accounts")
    parser.add_argument("--volume", type=int, default=200, help="pairs to time for each size of account")
    parser.add_argument("--seconds", type=float, default=0.0, help="for each number of connections (none)")
    parser.add_argument("--peers", action="store_true", help="time other ledgers as long, too (they are installed)")
    parser.add_argument("--messages", type=int, default=300, help="invitations to send with several processes")
    parser.add_argument("--saleor", type=Path, help="a checkout of Saleor 3, to run on that")
    parser.add_argument("--json", type=Path, default=Path(".cache/bench.json"), help="where to write all figures")
    return parser.parse_args()


def _surroundings() -> dict[str, str]:
    """What the figures depend on besides the code: the machine, Python, Django and the database server's settings."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting || coalesce(unit, '') FROM pg_settings WHERE name = ANY(%s)", [[*SERVER_SETTINGS]]
        )
        server = dict(cursor.fetchall())
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        "python": platform.python_version(),
        "django": django.get_version(),
        **{f"postgres {name}": server[name] for name in SERVER_SETTINGS},
    }


def _table(rows: list[Row | Once]) -> str:
    cells = [["", "ratio", "goal", "subject, ms", "base, ms", "ratio in pairs", "pairs"], *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells)


if __name__ == "__main__":
    sys.exit(main())
