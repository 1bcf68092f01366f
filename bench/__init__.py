"""The benchmarks behind the published figures; `make bench` runs them. Always ratios, side by side in one run."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as a training does, and before numpy is imported
