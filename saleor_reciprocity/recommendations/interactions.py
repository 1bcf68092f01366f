"""What the shop sold, streamed out of its database into arrays. Needs numpy."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Callable, Iterator

import numpy as np
from django.db import connections, transaction

from saleor_reciprocity import host

from .algorithms.history import Array, History

CHUNK = 20_000  # rows fetched at a time
A_DAY = 86_400  # seconds

# One row a line that counts, with the day in UTC as days since 1970.
_LINES = """
SELECT person, user_id, product_id, channel_id, floor(extract(epoch FROM placed_at) / 86400)::int
FROM ({purchases}) line WHERE person <> '' AND placed_at >= %s AND placed_at < %s
  AND NOT EXISTS (SELECT FROM reciprocity_settledorder s WHERE s.erased AND s.order_id = line.order_id)
"""


@dataclass(frozen=True)
class Purchases:
    """Lines that count, a place in each array a line; people, products and channels are numbered as in their lists."""

    person: Array
    item: Array
    channel: Array
    day: Array
    users: Array  # of each person, the user's id; 0 for a guest
    products: Array  # of each item, the product's id
    channels: list[str]

    def history(self, now: int) -> History:
        """What was bought before day `now`, whatever the channel."""
        sizes = {"people": len(self.users), "items": len(self.products)}
        return History.of(self.person, self.item, self.day, now=now, **sizes)


class _Numbers(dict):
    """Numbers what it has not seen before: 0, 1, 2 …"""

    def __missing__(self, key: Any) -> int:
        self[key] = number = len(self)
        return number


def read(database: str, now: datetime, days: int, progress: Callable[[int], None] = lambda lines: None) -> Purchases:
    """The purchases of the last `days` days, by a server-side cursor; `database` may name a read-only replica.

    Memory: 14 bytes a line, twice while they are sorted; the lines themselves never are in memory at once.
    """
    people, users, products, channels = _Numbers(), array("q"), _Numbers(), _Numbers()
    person, item, channel, day = array("i"), array("i"), array("h"), array("i")
    for rows in _chunks(database, now - timedelta(days=days), now):
        for who, user_id, product_id, channel_id, when in rows:
            number = people[who]
            if number == len(users):
                users.append(user_id or 0)
            person.append(number)
            item.append(products[product_id])
            channel.append(channels[channel_id])
            day.append(when)
        progress(len(day))
    return Purchases(
        person=_as_array(person),
        item=_as_array(item),
        channel=_as_array(channel),
        day=_as_array(day),
        users=_as_array(users),
        products=np.array(list(products), dtype=np.int64),
        channels=list(channels),
    )


def _as_array(column: array) -> Array:
    return np.frombuffer(column, dtype=column.typecode) if column else np.zeros(0, column.typecode)


def _chunks(database: str, since: datetime, until: datetime) -> Iterator[list[tuple[Any, ...]]]:
    connection = connections[database]
    with transaction.atomic(using=database), connection.chunked_cursor() as cursor:
        cursor.itersize = CHUNK
        cursor.execute(_LINES.format(purchases=host.PURCHASES), [since, until])
        while True:
            rows = cursor.fetchmany(CHUNK)
            if not rows:
                return
            yield rows


def day_of(moment: datetime) -> int:
    """The day of a moment, in UTC, as days since 1970."""
    return int(moment.timestamp() // A_DAY)
