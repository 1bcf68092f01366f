"""Tiers: the shop's ladder in its versions, and where each account stands on it."""
