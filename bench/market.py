"""What recommendations cost in a large shop, in its database: training both ways, step by step, and one look.

The shop is made of SQL, for Saleor 2.10: people have tastes, a few products are most of what is sold, some people buy
very much. Seconds are of processors: those of this process, of all its threads, and those of the server for it.

    make bench-market ARGS="--products 100000 --people 20000 --lines 1000000"
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import time
from random import Random
from typing import Any, Callable
from unittest import mock

import django
from django.utils import timezone

LOOKS = 200

_TASTES = 50  # trees of ten categories; a person buys four of five things in one of them
_FILL = """
SET session_replication_role = replica;
INSERT INTO product_producttype (id, name, has_variants, is_shipping_required, weight, is_digital, slug)
VALUES (900001, 'goods', false, true, 0, false, 'market-goods');
INSERT INTO product_category (id, name, slug, description, lft, rght, tree_id, level, parent_id, background_image_alt,
  description_json)
SELECT 900000 + t * 10 + n, 'c', 'market-' || t || '-' || n, '', CASE n WHEN 0 THEN 1 ELSE 2 * n END,
  CASE n WHEN 0 THEN 20 ELSE 2 * n + 1 END, 900000 + t, least(n, 1), nullif(900000 + t * 10, 900000 + t * 10 + n), '',
  '{{}}' FROM generate_series(0, {tastes} - 1) t, generate_series(0, 9) n;
INSERT INTO product_product (id, name, description, price_amount, product_type_id, category_id, is_published,
  charge_taxes, description_json, minimal_variant_price_amount, currency, slug)
SELECT 1000000 + n, 'Product ' || n, '', 10, 900001, 900000 + n / ({products} / {tastes}) * 10 + n % 10,
  random() < 0.9, true, '{{}}', 10, 'USD', 'market-' || n FROM generate_series(0, {products} - 1) n;
INSERT INTO product_productvariant (id, sku, name, product_id, track_inventory)
SELECT 1000000 + n, 'market-' || n, '', 1000000 + n, true FROM generate_series(0, {products} - 1) n;
INSERT INTO shipping_shippingzone (id, name, countries, "default") VALUES (900001, 'All', 'US,CA,PL', false);
INSERT INTO account_address (id, first_name, last_name, company_name, street_address_1, street_address_2, city,
  postal_code, country, country_area, phone, city_area)
VALUES (900001, '', '', '', '', '', '', '', 'US', '', '', '');
INSERT INTO warehouse_warehouse (id, name, company_name, email, address_id, slug)
SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'W' || n, '', '', 900001, 'market-' || n
FROM generate_series(1, 3) n;
INSERT INTO warehouse_warehouse_shipping_zones (warehouse_id, shippingzone_id)
SELECT id, 900001 FROM warehouse_warehouse WHERE address_id = 900001;
INSERT INTO warehouse_stock (quantity, product_variant_id, warehouse_id)
SELECT CASE WHEN random() < 0.1 THEN 0 ELSE 100 END, 1000000 + n, w.id
FROM generate_series(0, {products} - 1) n, warehouse_warehouse w WHERE w.address_id = 900001;
INSERT INTO account_user (id, is_superuser, email, is_staff, is_active, password, date_joined, first_name, last_name)
SELECT 1000000 + n, false, 'market' || n || '@example.com', false, true, '!', now(), '', ''
FROM generate_series(0, {people} - 1) n;
INSERT INTO order_order (id, created, tracking_client_id, user_email, user_id, token, total_net_amount, discount_amount,
  language_code, shipping_price_gross_amount, total_gross_amount, shipping_price_net_amount, status,
  display_gross_prices, customer_note, weight, checkout_token, currency)
SELECT 1000000 + n, now() - interval '700 days' * random(), '', 'market' || u || '@example.com', 1000000 + u,
  md5(n::text), 50, 0, 'en', 0, 50, 0, 'fulfilled', true, '', 0, '', 'USD'
FROM (SELECT n, floor({people} * power(random(), 2))::int AS u FROM generate_series(0, {lines} / 5 - 1) n) o;
INSERT INTO order_orderline (product_name, product_sku, quantity, unit_price_net_amount, unit_price_gross_amount,
  is_shipping_required, order_id, quantity_fulfilled, tax_rate, translated_product_name, currency,
  translated_variant_name, variant_name, variant_id)
SELECT 'x', 'y', 1, 10, 10, true, o.id, 1, 0, '', 'USD', '', '', 1000000 + CASE WHEN random() < 0.8
  THEN o.user_id % {tastes} * ({products} / {tastes}) + floor({products} / {tastes} * power(random(), 4))::int
  ELSE floor({products} * power(random(), 3))::int END
FROM order_order o, generate_series(1, 5) l WHERE o.id >= 1000000;
SET session_replication_role = DEFAULT;
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.market")
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    size = vars(parser.parse_args())
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    from saleor_reciprocity.recommendations import training
    from tests import hosts

    if hosts.MULTI_CHANNEL:
        sys.exit("The shop of this benchmark is made for Saleor 2.10.")
    _open(size)
    print(", ".join(f"{number:,} {what}" for what, number in size.items()), flush=True)
    for how, learns in (("counted in SQL", False), ("learned", True)):
        print(f"\nTraining, {how}", flush=True)
        with mock.patch.object(training, "can_learn", lambda learns=learns: learns):
            steps = Steps()
            training.train(progress=steps.show, now=timezone.now())
            steps.show("", 0, 0)
    print("\nOne look at twenty, in milliseconds: half of all, and one in twenty, take longer than", flush=True)
    _look(size)


def _open(size: dict[str, int]) -> None:
    from django.db import connection

    from . import shop

    shop.open_shop()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(_FILL.format(tastes=_TASTES, **size))
    shop.settle_down()


class Steps:
    """Prints what each step of a training took, when the next one begins."""

    def __init__(self) -> None:
        self.step, self.before = "", self._used()

    def show(self, step: str, done: int, whole: int) -> None:
        if step == self.step:
            return
        used = self._used()
        own, server = (now - before for now, before in zip(used, self.before))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if self.step:
            print(f"{own:8.1f} s here {server:8.1f} s in the server {peak:6.0f} MB  {self.step}", flush=True)
        self.step, self.before = step, used

    @staticmethod
    def _used() -> tuple[float, float]:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (server,) = cursor.fetchone()
        with open(f"/proc/{server}/stat") as stat:
            ticks = stat.read().rsplit(")", 1)[1].split()[11:13]
        return time.process_time(), sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _look(size: dict[str, int]) -> None:
    from django.db import connection
    from django.utils import timezone

    from saleor_reciprocity.recommendations.serving import Kind, Situation, recommend

    chance = Random(1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT user_id FROM order_order WHERE user_id >= 1000000 GROUP BY user_id "
            "HAVING count(*) BETWEEN 95 AND 105 LIMIT 20"
        )
        eager = [row[0] for row in cursor.fetchall()] or [1_000_000]
    looking = (Kind.GOES_WITH, Kind.COMPLETES_CHECKOUT)
    visitors: dict[str, Callable[[], Any]] = {
        "a customer": lambda: 1_000_000 + chance.randrange(size["people"]),
        "one with 500 purchases": lambda: chance.choice(eager),
        "a stranger": lambda: None,
    }
    for kind in Kind:
        for who, visitor in visitors.items():
            times = []
            for look in range(-10, LOOKS):
                product = 1_000_000 + chance.randrange(100) if kind in looking else None
                asked = Situation(timezone.now(), None, "US", visitor(), product)
                began = time.perf_counter()
                recommend(kind, asked, 20)
                if look >= 0:
                    times.append(1000 * (time.perf_counter() - began))
            slow = statistics.quantiles(times, n=20)[18]
            print(f"{statistics.median(times):8.1f} {slow:8.1f}  {kind.value}, {who}", flush=True)


if __name__ == "__main__":
    main()
