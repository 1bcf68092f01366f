"""The guard: an optional trigger in the database that refuses a second order with one of our vouchers.

Off unless an operator switches it on. Without it, what the host lets through twice is reported by `reciprocity_check`.
With it, the host's own statement fails: the customer sees an error, and a payment that was taken before the order was
stored has to be paid back by the shop, as after any other failure of a checkout at that moment.
"""

from __future__ import annotations

from django.db import connection

from saleor_reciprocity import host

_NAME = "reciprocity_one_order_a_code"

# Whoever comes second waits for the first at the advisory lock, and then sees its order: under READ COMMITTED every
# statement of a function in PL/pgSQL looks anew.
_INSTALL = f"""
CREATE OR REPLACE FUNCTION {_NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  withdrawn boolean;
BEGIN
  IF NEW.voucher_id IS NULL OR NEW.status IN ('draft', 'canceled', 'expired') THEN
    RETURN NEW;
  END IF;
  SELECT o.withdrawn INTO withdrawn FROM ({host.VOUCHERS_OF_CODES}) v JOIN (
    SELECT code, state IN ('cancelled', 'expired') AS withdrawn FROM reciprocity_redemption
    UNION ALL SELECT code, state IN ('withdrawn', 'expired') FROM reciprocity_draw WHERE code IS NOT NULL
  ) o ON o.code = v.code WHERE v.voucher_id = NEW.voucher_id;
  IF NOT FOUND THEN
    RETURN NEW;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('{_NAME}'), NEW.voucher_id);
  IF withdrawn OR EXISTS (
    SELECT 1 FROM order_order o WHERE o.voucher_id = NEW.voucher_id AND o.id <> NEW.id
      AND o.status NOT IN ('draft', 'canceled', 'expired')
  ) THEN
    RAISE EXCEPTION 'reciprocity: this code was used or withdrawn' USING ERRCODE = 'unique_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS {_NAME} ON order_order;
CREATE TRIGGER {_NAME} BEFORE INSERT OR UPDATE OF voucher_id, status ON order_order
  FOR EACH ROW EXECUTE PROCEDURE {_NAME}();
"""  # noqa: S608 - constants
_REMOVE = f"DROP TRIGGER IF EXISTS {_NAME} ON order_order; DROP FUNCTION IF EXISTS {_NAME}();"


def install() -> None:
    """Switch the guard on, or renew it. It waits for orders that are being written."""
    _run(_INSTALL)


def remove() -> None:
    """Switch the guard off."""
    _run(_REMOVE)


def is_installed() -> bool:
    """Whether the guard is on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_trigger WHERE tgname = %s AND tgrelid = 'order_order'::regclass AND tgenabled <> 'D'",
            [_NAME],
        )
        return cursor.fetchone() is not None


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
