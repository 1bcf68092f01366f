"""The tables, one series for both hosts."""
