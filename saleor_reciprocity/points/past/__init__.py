"""The past: points for orders from before the programme, for many at once in SQL."""
