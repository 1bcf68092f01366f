"""Surprises."""
