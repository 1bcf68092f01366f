"""Crashes, locks and crowds, on real PostgreSQL with committed transactions."""
