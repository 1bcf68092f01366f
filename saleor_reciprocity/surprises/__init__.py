"""Surprises: gifts that nobody expected, within a budget that can't break."""
