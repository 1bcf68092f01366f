"""credit-ledger: one conditional UPDATE and one row of a ledger, with a key that makes each debit count once.

Its wheel leaves out the schema that its page speaks of; these tables have the columns, the types and the unique key
that its statements name, without row-level security.
"""

from __future__ import annotations

import os
import uuid
from typing import Callable
from urllib.parse import unquote, urlsplit

from credit_ledger import decrement, grant
from sqlalchemy import URL, Engine, create_engine, text

from . import PRICE, RICH

_TABLES = """
CREATE TABLE credit_balance (tenant_id text PRIMARY KEY, credits numeric(18,4) NOT NULL CHECK (credits >= 0),
  updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE credit_ledger (id uuid PRIMARY KEY, tenant_id text NOT NULL REFERENCES credit_balance,
  delta numeric(18,4) NOT NULL, reason text NOT NULL, idempotency_key text, balance_after numeric(18,4) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(), UNIQUE (tenant_id, idempotency_key));
"""


def prepare(accounts: int) -> None:
    engine = _engine()
    with engine.begin() as connection:
        connection.execute(text(_TABLES))
    for number in range(accounts):
        grant(str(number), RICH, idempotency_key="first", engine=engine)


def debit_of(account: int) -> Callable[[], None]:
    engine = _engine()

    def take() -> None:
        if not decrement(str(account), PRICE, idempotency_key=uuid.uuid4().hex, engine=engine).ok:
            raise AssertionError("too few")

    return take


def _engine() -> Engine:
    url = urlsplit(os.environ["DATABASE_URL"])
    folder = unquote(url.netloc.rpartition("@")[2])
    return create_engine(
        URL.create("postgresql+psycopg", url.username, database=url.path[1:], query={"host": folder}), pool_size=1
    )
