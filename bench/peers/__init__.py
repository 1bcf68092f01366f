"""Drivers of other ledgers from the package index, each in one file, to be timed beside ours on the same server.

Each has `prepare(accounts)`, which makes its tables and so many rich accounts in the database of DATABASE_URL, and
`debit_of(account)`, which connects and returns what takes 100 from one of them: never below zero, however many do so at
once, and committed. They run as processes of their own in `.venv/peers`; nothing of the project is imported there.
"""

from __future__ import annotations

RICH = 10**9
PRICE = 100
