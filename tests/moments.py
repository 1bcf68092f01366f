"""Moments at which days, months, years or clocks change. A test that is marked `calendar` runs at each of them."""

from __future__ import annotations

MOMENTS = (
    "2026-12-31 23:58:00",
    "2027-01-01 00:02:00",
    "2027-04-30 23:58:00",
    "2027-05-01 00:02:00",
    "2028-02-29 12:00:00",
    "2027-03-28 00:58:00",  # the clocks of Berlin are about to be put forward
    "2027-10-31 00:58:00",  # and back
    "2027-03-14 06:58:00",  # those of New York forward
    "2027-11-07 05:58:00",  # and back
)
