"""What training costs in larger shops: the households of the data set drawn again and again, in ranges of new products.

Each drawn household keeps four of five of its purchases. With `--ranges 10`, households draw their products from ten
separate copies of the catalogue. Prints, after each step, seconds of the processors (of all threads together, so that
other work on the machine hardly counts), seconds of the clock, and the peak of memory in megabytes. Without the
database: what that adds is in `bench.market`.

    make bench-scale ARGS="--people 25000 --ranges 1 --listed 5000"
"""

from __future__ import annotations

import argparse
import resource
import time
from typing import Iterator

import numpy as np

from saleor_reciprocity.recommendations.algorithms import together
from saleor_reciprocity.recommendations.algorithms.again import Again
from saleor_reciprocity.recommendations.algorithms.discovery import Discovery
from saleor_reciprocity.recommendations.algorithms.history import History
from saleor_reciprocity.recommendations.algorithms.lists import Wanted

from .recommendations import everything

LENGTH, FEWEST, SEED = 50, 5, 1


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scale")
    parser.add_argument("--people", type=int, default=25_000)
    parser.add_argument("--ranges", type=int, default=1, help="copies of the catalogue")
    parser.add_argument("--listed", type=int, default=5000, help="people for whom lists are timed")
    arguments = parser.parse_args()
    clock, processors = time.perf_counter(), time.process_time()
    for step in steps(arguments.people, arguments.ranges, arguments.listed):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        used, took = time.process_time() - processors, time.perf_counter() - clock
        print(f"{used:8.1f} s of processors {took:8.1f} s {peak:8.0f} MB  {step}", flush=True)
        clock, processors = time.perf_counter(), time.process_time()


def steps(people: int, ranges: int, listed: int) -> Iterator[str]:
    """Do one step after the other, and say what was done."""
    history = drawn(people, ranges)
    size = f"{history.people} people, {history.items} products, {len(history.item)} lines of different days"
    yield f"{size}: drawn and sorted"
    pairs = sum(len(block[0]) for block in together.neighbours(history, fewest=FEWEST, length=LENGTH))
    yield f"{pairs} neighbours"
    again = Again(history, SEED)
    yield "what is bought again: learned"
    asked = np.random.RandomState(SEED).choice(history.people, min(listed, history.people), replace=False)
    again.recommend(asked, LENGTH, Wanted.AGAIN)
    yield f"what is bought again: {len(asked)} lists"
    discovery = Discovery(history, fewest=FEWEST)
    yield "what is new: learned"
    lists = discovery.recommend(asked, LENGTH, Wanted.NEW)
    discovery.because(asked, lists.items)
    yield f"what is new: {len(asked)} lists with reasons"


def drawn(people: int, ranges: int) -> History:
    """A larger shop out of the real one."""
    chance = np.random.RandomState(SEED)
    real = everything()
    drawn_people = real.of_people(chance.randint(real.people, size=people))
    kept = chance.random_sample(len(drawn_people.item)) < 0.8
    item = drawn_people.item + real.items * (drawn_people.person % ranges)
    columns = (column[kept] for column in (drawn_people.person, item, drawn_people.day))
    return History.of(*columns, people=people, items=real.items * ranges, now=real.now)


if __name__ == "__main__":
    main()
