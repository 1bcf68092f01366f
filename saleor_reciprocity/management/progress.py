"""Progress of long commands: one line that moves on a terminal, a line now and then anywhere else."""

from __future__ import annotations

import time
from typing import Any

WIDTH = 30
QUIET_SECONDS = 10.0  # between two lines where nobody watches


class Progress:
    """How much of so much is done, how fast, and how long it will take."""

    def __init__(self, stream: Any, total: int, what: str) -> None:
        self.stream, self.total, self.what = stream, max(total, 1), what
        self.began = self.told = time.monotonic()
        self.moves = bool(getattr(stream, "isatty", lambda: False)())

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        ended = done >= self.total
        if not ended and now - self.told < (0.2 if self.moves else QUIET_SECONDS):
            return
        self.told = now
        self.stream.write(self.line(done, now - self.began) + ("\n" if ended or not self.moves else "\r"), ending="")
        self.stream.flush()

    def line(self, done: int, seconds: float) -> str:
        share = min(done / self.total, 1.0)
        rate = done / seconds if seconds > 0 else 0.0
        left = f", {int((self.total - done) / rate)} s left" if rate and done < self.total else ""
        bar = "#" * int(share * WIDTH)
        return f"[{bar:<{WIDTH}}] {share:4.0%}  {done:,} of {self.total:,} {self.what}, {rate:,.0f} a second{left}"


class Steps:
    """The same for work of several steps. A step of which nobody knows how long it is is told when it begins."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.step, self.began = stream, "", time.monotonic()
        self.progress: Progress | None = None

    def show(self, step: str, done: int, whole: int) -> None:
        if step != self.step:
            self.step, self.progress = step, Progress(self.stream, whole, step) if whole else None
            if not whole:
                self.stream.write(f"{time.monotonic() - self.began:6.1f} s  {step}")
        if self.progress is not None:
            self.progress(done)
