"""Proves what the report promises, on simulated shops."""

from __future__ import annotations

import os
from collections import Counter
from functools import partial
from math import sqrt
from multiprocessing import Pool
from typing import Any, Iterator
from typing import Counter as Counts

from django.core.management.base import BaseCommand, CommandError, CommandParser

from saleor_reciprocity.experiments.simulated import PROMISES, Promise, Scene, events
from saleor_reciprocity.management.progress import Progress


class Command(BaseCommand):
    help = (
        "Look at simulated shops every day, some without an effect and some with a known one, and print how often "
        "the report is right beside what it promises. Ends with status 1 if a promise is not kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--shops", type=int, default=2000, help="how many of each kind (2000)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same shops (1)")
        parser.add_argument("--only", default="", metavar="WORDS", help="only promises that contain these words")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="at once (all processors)")

    def handle(self, *args: Any, **options: Any) -> None:
        promises = [promise for promise in PROMISES if options["only"] in promise.words]
        if options["shops"] < 1 or options["processes"] < 1 or not promises:
            raise CommandError("There is nothing to simulate.")
        by_scene: dict[Scene, list[Promise]] = {}
        for promise in promises:
            by_scene.setdefault(promise.scene, []).append(promise)
        progress = Progress(self.stderr, len(by_scene) * options["shops"], "shops")
        self.stdout.write(f"{options['shops']:,} simulated shops of each kind, looked at every day. In % of them:")
        self.stdout.write(f"{'promised':>10}{'seen':>8}{'+-':>6}")
        broken = 0
        for number, (scene, of_scene) in enumerate(by_scene.items()):
            seen: Counts[str] = Counter()
            shops = _shops(scene, {promise.event for promise in of_scene}, options)
            for done, found in enumerate(shops, number * options["shops"] + 1):
                seen.update(found)
                progress(done)
            broken += sum(not self._tell(promise, seen[promise.event], options["shops"]) for promise in of_scene)
        if broken:
            raise CommandError(f"{broken} of {len(promises)} promises are not kept.")

    def _tell(self, promise: Promise, events: int, shops: int) -> bool:
        """Prints a promise beside what was seen. Returns whether it is kept."""
        seen = events / shops
        kept = promise.kept(seen, sqrt(promise.bound * (1 - promise.bound) / shops))
        sign, error = ">=" if promise.at_least else "<=", sqrt(seen * (1 - seen) / shops)
        figures = f"{sign:>5}{100 * promise.bound:5.4g}{100 * seen:8.2f}{100 * error:6.2f}"
        self.stdout.write(f"{figures}  {'ok    ' if kept else 'BROKEN'}  {promise.words}")
        self.stdout.flush()
        return kept


def _shops(scene: Scene, wanted: set[str], options: dict[str, Any]) -> Iterator[set[str]]:
    seeds = [f"{options['seed']}/{scene}/{number}" for number in range(options["shops"])]
    if options["processes"] == 1:
        yield from map(partial(events, scene, wanted), seeds)
        return
    with Pool(options["processes"]) as pool:
        yield from pool.imap_unordered(partial(events, scene, wanted), seeds, chunksize=8)
