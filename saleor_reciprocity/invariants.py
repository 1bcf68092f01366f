"""Invariants: what must be true of the books at every moment, each as SQL that finds the rows for which it is not."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Any, Iterator

from django.db import connection

from . import host
from .experiments import invariants as experiments
from .points import invariants as points
from .points.earning.entitlement import entitlement
from .points.earning.terms import Terms
from .points.models import OrderTerms

MOST_ROWS = 20
BATCH = 2000  # orders at a time

RULES: tuple[tuple[str, str], ...] = (
    (
        "the balance is the sum of the entries, and so are the pending points",
        """
        SELECT a.id AS account, a.available - a.debt AS balance, coalesce(sum(e.points), 0) AS entries,
          a.pending, coalesce(sum(e.pending), 0) AS pending_entries
        FROM reciprocity_account a LEFT JOIN reciprocity_entry e ON e.account_id = a.id GROUP BY a.id
        HAVING a.available - a.debt <> coalesce(sum(e.points), 0) OR a.pending <> coalesce(sum(e.pending), 0)
        """,
    ),
    (
        "the available points are the sum of the open lots",
        """
        SELECT a.id AS account, a.available, coalesce(sum(l.remaining), 0) AS lots
        FROM reciprocity_account a LEFT JOIN reciprocity_lot l ON l.account_id = a.id GROUP BY a.id
        HAVING a.available <> coalesce(sum(l.remaining), 0)
        """,
    ),
    (
        "a lot holds what it began with and what was put in, less what was taken",
        """
        SELECT l.id AS lot, l.remaining, l.points + coalesce(sum(u.points), 0) AS expected
        FROM reciprocity_lot l LEFT JOIN reciprocity_lotuse u ON u.lot_id = l.id GROUP BY l.id
        HAVING l.remaining <> l.points + coalesce(sum(u.points), 0)
        """,
    ),
    (
        "no lot that holds points expires before its account is looked at",
        """
        SELECT l.id AS lot, l.expires_at, a.next_expiry_at
        FROM reciprocity_lot l JOIN reciprocity_account a ON a.id = l.account_id
        WHERE l.remaining > 0 AND l.expires_at IS NOT NULL AND (a.next_expiry_at <= l.expires_at) IS NOT TRUE
        """,
    ),
    (
        "what one account gave away in a merger, another got",
        """
        SELECT o.id AS entry, o.points, i.id AS other, i.points AS other_points
        FROM (SELECT * FROM reciprocity_entry WHERE source LIKE 'merged from:%') o
        FULL JOIN (SELECT * FROM reciprocity_entry WHERE source LIKE 'merged into:%') i
          ON replace(o.source, 'from', 'into') = i.source
        WHERE (o.points = -i.points AND o.pending = -i.pending) IS NOT TRUE
        """,
    ),
    (
        "the entries of an account are numbered without a gap",
        """
        SELECT a.id AS account, a.version, count(e.id) AS entries, max(e.version) AS newest
        FROM reciprocity_account a LEFT JOIN reciprocity_entry e ON e.account_id = a.id GROUP BY a.id
        HAVING a.version <> count(e.id) OR a.version <> coalesce(max(e.version), 0)
        """,
    ),
    (
        "every entry carries the balance and the pending points after it",
        """
        SELECT * FROM (
          SELECT id AS entry, balance_after, sum(points) OVER past AS balance,
            pending_after, sum(pending) OVER past AS due
          FROM reciprocity_entry WINDOW past AS (PARTITION BY account_id ORDER BY version)
        ) e WHERE balance_after <> balance OR pending_after <> due
        """,
    ),
    (
        "what is noted as posted for an order is what its entries add up to",
        """
        SELECT t.order_id AS order, t.earned, t.pending, coalesce(sum(e.points), 0) AS points,
          coalesce(sum(e.pending), 0) AS pending_points
        FROM reciprocity_orderterms t LEFT JOIN reciprocity_entry e ON e.order_id = t.order_id GROUP BY t.id
        HAVING t.earned <> coalesce(sum(e.points), 0) OR t.pending <> coalesce(sum(e.pending), 0)
        """,
    ),
    (
        "each code that was given back, or expired with its points, has one credit, and each credit such a code; "
        "one that was used all the same has another debit",
        """
        SELECT e.id AS entry, e.points, r.id AS redemption, r.points AS price
        FROM reciprocity_entry e FULL JOIN reciprocity_redemption r ON r.reversal_id = e.id
        WHERE (e.points = r.points AND (r.state IN ('cancelled', 'expired') OR r.state = 'used' AND (r.code LIKE '~%'
            OR EXISTS (SELECT 1 FROM reciprocity_entry t
              WHERE t.source = 'taken again:' || r.id AND t.points = -r.points)))) IS NOT TRUE
          AND (e.kind = 'reversal' OR r.reversal_id IS NOT NULL OR r.state = 'cancelled'
            OR r.state = 'expired' AND r.returns_points)
        """,
    ),
    (
        "a reward counts the pieces of its stock that are out",
        """
        SELECT w.id AS reward, w.taken, count(r.id) AS out
        FROM reciprocity_reward w LEFT JOIN reciprocity_redemption r
          ON r.reward_id = w.id AND r.from_stock AND r.state NOT IN ('cancelled', 'expired')
        GROUP BY w.id HAVING w.taken <> count(r.id)
        """,
    ),
    (
        "a redemption that is closed says when",
        """
        SELECT id AS redemption FROM reciprocity_redemption
        WHERE (state IN ('unused', 'open')) <> (closed_at IS NULL)
          OR (state = 'cancelled') <> (cancelled_at IS NOT NULL)
        """,
    ),
    (
        "each redemption has one debit of its price, and each debit one redemption",
        """
        SELECT e.id AS entry, e.points, r.id AS redemption, r.points AS price
        FROM reciprocity_entry e FULL JOIN reciprocity_redemption r ON r.entry_id = e.id
        WHERE (e.kind = 'redemption' OR r.id IS NOT NULL) AND (e.points = -r.points) IS NOT TRUE
        """,
    ),
    (
        "an uploaded code was given for its own reward, and a reward counts those that are left",
        """
        SELECT w.id AS reward, w.codes_left, count(u.id) FILTER (WHERE u.redemption_id IS NULL) AS uploaded
        FROM reciprocity_reward w LEFT JOIN reciprocity_uploadedcode u ON u.reward_id = w.id
        LEFT JOIN reciprocity_redemption r ON r.id = u.redemption_id
        GROUP BY w.id
        HAVING coalesce(w.codes_left, 0) <> count(u.id) FILTER (WHERE u.redemption_id IS NULL)
          OR w.codes_left IS NULL AND count(u.id) > 0 OR bool_or(r.reward_id <> u.reward_id OR r.kind <> 'service')
        """,
    ),
    (
        "what people do is open, done or cancelled and no code of the shop; all else is such a code",
        """
        SELECT id AS redemption, kind, state FROM reciprocity_redemption
        WHERE (kind = 'service') <> (code IS NULL) OR kind <> 'service' AND state IN ('open', 'done')
          OR kind = 'service' AND state NOT IN ('open', 'done', 'cancelled')
        """,
    ),
    (
        "what a budget has spent is what was given from it and did not come back",
        """
        SELECT b.id AS budget, b.spent, coalesce(sum(d.cost) FILTER (WHERE d.state IN ('issued', 'used')), 0) AS given
        FROM reciprocity_budget b LEFT JOIN reciprocity_campaign c ON c.budget_id = b.id
        LEFT JOIN reciprocity_draw d ON d.campaign_id = c.id GROUP BY b.id
        HAVING b.spent <> coalesce(sum(d.cost) FILTER (WHERE d.state IN ('issued', 'used')), 0)
        """,
    ),
    (
        "a prize counts the gifts that are out",
        """
        SELECT p.id AS prize, p.given, count(d.id) FILTER (WHERE d.state IN ('issued', 'used')) AS out
        FROM reciprocity_prize p LEFT JOIN reciprocity_draw d ON d.prize_id = p.id GROUP BY p.id
        HAVING p.given <> count(d.id) FILTER (WHERE d.state IN ('issued', 'used'))
        """,
    ),
    (
        "an order has one draw in a campaign",
        """
        SELECT order_id AS order, campaign_id AS campaign, count(*) AS draws
        FROM reciprocity_draw GROUP BY order_id, campaign_id HAVING count(*) > 1
        """,
    ),
    (
        "each gift has either a code or the entry of its points, and each such entry its gift",
        """
        SELECT d.id AS draw, e.id AS entry
        FROM reciprocity_draw d FULL JOIN reciprocity_entry e ON d.entry_id = e.id
        WHERE (d.outcome = 'won' AND (d.code IS NULL) = (e.id IS NULL)) OR (e.kind = 'surprise' AND d.id IS NULL)
        """,
    ),
    (
        "at most one version of the recommendations serves, and a version that serves is finished",
        """
        SELECT id AS version, serving, finished_at FROM reciprocity_modelversion v
        WHERE serving AND (finished_at IS NULL OR EXISTS (
          SELECT 1 FROM reciprocity_modelversion o WHERE o.serving AND o.id <> v.id))
        """,
    ),
    (
        "every row of the recommendations belongs to a version, and every list to a user",
        """
        SELECT 'list' AS table, l.id FROM reciprocity_customerlist l
          LEFT JOIN reciprocity_modelversion v ON v.id = l.version_id LEFT JOIN account_user u ON u.id = l.user_id
          WHERE v.id IS NULL OR u.id IS NULL
        UNION ALL SELECT 'neighbour', n.id FROM reciprocity_neighbour n
          LEFT JOIN reciprocity_modelversion v ON v.id = n.version_id WHERE v.id IS NULL
        UNION ALL SELECT 'popularity', p.id FROM reciprocity_popularity p
          LEFT JOIN reciprocity_modelversion v ON v.id = p.version_id WHERE v.id IS NULL
        """,
    ),
    (
        "no pair of products and no popularity rests on fewer people than the version's minimum",
        """
        SELECT 'neighbour' AS table, n.id, n.people, v.people AS minimum FROM reciprocity_neighbour n
          JOIN reciprocity_modelversion v ON v.id = n.version_id WHERE n.people < v.people
        UNION ALL SELECT 'popularity', p.id, p.people, v.people FROM reciprocity_popularity p
          JOIN reciprocity_modelversion v ON v.id = p.version_id WHERE p.people < v.people
        """,
    ),
    (
        "a list names each product once, the best first, and every reason by its name",
        """
        SELECT l.id AS list FROM reciprocity_customerlist l WHERE EXISTS (
          SELECT 1 FROM unnest(l.product_ids, l.scores, l.reasons, l.because_product_ids)
            WITH ORDINALITY AS i (product, score, reason, because, place)
          LEFT JOIN unnest(l.product_ids, l.scores) WITH ORDINALITY AS n (product, score, place)
            ON n.place = i.place + 1
          HAVING count(DISTINCT i.product) < count(*) OR bool_or(n.score > i.score)
            OR bool_or((i.reason = 'together') IS DISTINCT FROM (i.because IS NOT NULL))
            OR NOT bool_and(i.reason IN ('again', 'together', 'similar', 'liked', 'category', 'popular')))
        """,
    ),
    (
        "no person was asked twice within 90 days",
        """
        SELECT * FROM (
          SELECT id AS invitation, person, invited_at,
            lag(invited_at) OVER (PARTITION BY person ORDER BY invited_at) AS before
          FROM reciprocity_invitation WHERE state = 'invited'
        ) i WHERE invited_at < before + interval '90 days'
        """,
    ),
    (
        "only who was invited has answered, once, the question that was asked",
        """
        SELECT a.id AS answer, a.invitation_id AS invitation, i.state, a.question AS answered, i.question AS asked
        FROM reciprocity_answer a JOIN reciprocity_invitation i ON i.id = a.invitation_id
        WHERE i.state <> 'invited' AND coalesce(a.way, 'mail') = 'mail'
          OR a.question <> i.question OR a.answered_at < a.started_at
        """,
    ),
    (
        "who is rated was bought, and nobody replied to an answer that was never sent",
        """
        SELECT r.id AS rating, NULL AS reply FROM reciprocity_rating r
        JOIN reciprocity_answer a ON a.id = r.answer_id
        LEFT JOIN reciprocity_askedproduct p ON p.invitation_id = a.invitation_id AND p.product_id = r.product_id
        WHERE p.id IS NULL
        UNION ALL SELECT NULL, r.id FROM reciprocity_reply r
        JOIN reciprocity_answer a ON a.id = r.answer_id WHERE a.answered_at IS NULL
        """,
    ),
    (
        "each thank-you entry belongs to one answer, and each answer's points to such an entry",
        """
        SELECT e.id AS entry, a.id AS answer
        FROM reciprocity_entry e FULL JOIN reciprocity_answer a ON a.entry_id = e.id
        WHERE (e.source LIKE 'survey:%' AND a.id IS NULL)
          OR (a.entry_id IS NOT NULL AND e.source NOT LIKE 'survey:%' AND e.source NOT LIKE 'erased:%')
        """,
    ),
    (
        "whoever was invited has a message in the outbox",
        """
        WITH lost AS (
          SELECT i.id AS invitation, i.person FROM reciprocity_invitation i
          LEFT JOIN reciprocity_mail m ON m.source = 'survey:' || i.order_id
          WHERE i.state = 'invited' AND m.id IS NULL),
        forgotten AS (SELECT id FROM reciprocity_mail WHERE kind = 'survey' AND source LIKE 'erased:%')
        SELECT invitation FROM lost
        WHERE person NOT LIKE 'erased:%' AND (SELECT count(*) FROM lost) > (SELECT count(*) FROM forgotten)
        """,
    ),
)

# Every code that we made, and whether it may have been used for an order; those of erased people are forgotten.
_OUR_CODES = """
SELECT code, 'redemption ' || id AS made_for, state IN ('cancelled', 'expired') AS is_withdrawn,
  state = 'unused' AS is_out
FROM reciprocity_redemption WHERE code NOT LIKE '~%'
UNION ALL
SELECT code, 'draw ' || id, state IN ('withdrawn', 'expired'), state = 'issued'
FROM reciprocity_draw WHERE code NOT LIKE '~%'
"""

# What the host did with our codes; built from the host's own constants.
HOST_RULES = (
    (
        "each code that is out exists in the shop",
        f"""
        SELECT o.made_for AS lost FROM ({_OUR_CODES}) o
        WHERE o.is_out AND o.code NOT IN ({host.PROMO_CODES})
        """,  # noqa: S608 - constants
    ),
    (
        "each code of ours in the shop belongs to a redemption or to a gift",
        f"""
        SELECT i.id AS issued_code FROM reciprocity_issuedcode i LEFT JOIN ({_OUR_CODES}) o ON o.code = i.code
        WHERE o.code IS NULL AND i.code IN ({host.PROMO_CODES})
        """,  # noqa: S608 - constants
    ),
    (
        "no voucher of ours was used for two orders, and none that was withdrawn",
        f"""
        SELECT o.made_for AS voucher, count(*) AS orders, min(u.order_id) AS one, max(u.order_id) AS another
        FROM ({_OUR_CODES}) o JOIN ({host.CODES_OF_ORDERS}) u ON u.code = o.code AND u.taken IS NULL
        GROUP BY o.made_for, o.is_withdrawn HAVING count(*) > 1 OR o.is_withdrawn
        """,  # noqa: S608 - constants
    ),
    (
        "no gift card of ours took more off its orders than it held, and none that was withdrawn took anything",
        f"""
        SELECT o.made_for AS gift_card, sum(u.taken) AS taken, min(g.initial_balance_amount) AS held
        FROM ({_OUR_CODES}) o JOIN ({host.CODES_OF_ORDERS}) u ON u.code = o.code
        JOIN giftcard_giftcard g ON g.code = o.code
        GROUP BY o.made_for, o.is_withdrawn
        HAVING sum(u.taken) > CASE WHEN o.is_withdrawn THEN 0 ELSE min(g.initial_balance_amount) END
        """,  # noqa: S608 - constants
    ),
)


def broken(now: datetime) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every rule with the rows that break it, at most MOST_ROWS; none where all is well."""
    for title, sql in (*RULES, *points.RULES, *HOST_RULES):
        yield title, _rows(sql)
    for title, sql in experiments.RULES:
        yield title, _rows(sql, {})
    for title, sql in points.RULES_OF_NOW:
        yield title, _rows(sql, {"now": now})
    yield "what is posted for a settled order is what is due for it", list(islice(_undue_orders(now), MOST_ROWS))


def _rows(sql: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchmany(MOST_ROWS)]


# Settled orders, but for those that the next look settles because time has passed.
_SETTLED = """
SELECT t.id, t.order_id, t.terms, t.earned, t.pending, t.kept, s.fingerprint
FROM reciprocity_orderterms t JOIN reciprocity_settledorder s ON s.order_id = t.order_id
WHERE t.id > %(after)s AND t.account_id IS NOT NULL AND (t.matures_at IS NULL OR t.matures_at > %(now)s)
ORDER BY t.id LIMIT %(limit)s
"""


def _undue_orders(now: datetime) -> Iterator[dict[str, Any]]:
    """Orders that are as they were settled whose points are not what that state is due; BATCH by BATCH.

    The fingerprints are read after the facts: of an order that changes in between nothing is said.
    """
    after = 0
    while batch := list(OrderTerms.objects.raw(_SETTLED, {"after": after, "now": now, "limit": BATCH})):
        after, terms_of = batch[-1].pk, {terms.order_id: terms for terms in batch}
        orders = list(host.orders(terms_of))
        fingerprints = host.order_fingerprints(terms_of)
        for order in orders:
            if fingerprints.get(order.id) == terms_of[order.id].fingerprint:
                yield from _undue(order, terms_of[order.id], now)


def _undue(order: host.Order, terms: Any, now: datetime) -> Iterator[dict[str, Any]]:
    due = entitlement(order, Terms.from_json(terms.terms), now)
    if (due.earned + terms.kept, max(0, due.pending - terms.kept)) != (terms.earned, terms.pending):
        yield {
            "order": terms.order_id,
            "earned": terms.earned,
            "due": due.earned,
            "pending": terms.pending,
            "due pending": due.pending,
        }
