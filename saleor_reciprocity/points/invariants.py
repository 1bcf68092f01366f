"""Invariants of what leads from entries to lots, orders, rules and tiers: each as SQL that finds what breaks it."""

from __future__ import annotations

RULES: tuple[tuple[str, str], ...] = (
    (
        "what an entry takes from the available points comes out of lots",
        """
        SELECT e.id AS entry, e.points, coalesce(sum(u.points), 0) AS from_lots
        FROM reciprocity_entry e LEFT JOIN reciprocity_lotuse u ON u.entry_id = e.id
        WHERE e.points <= 0 AND e.kind <> 'merge' GROUP BY e.id
        HAVING coalesce(sum(u.points), 0) <> greatest(e.balance_after, 0) - greatest(e.balance_after - e.points, 0)
        """,
    ),
    (
        "an entry moves the lots of its own account alone",
        """
        SELECT u.entry_id AS entry, u.lot_id AS lot, l.account_id AS lots_account, e.account_id AS account
        FROM reciprocity_lotuse u JOIN reciprocity_entry e ON e.id = u.entry_id
        JOIN reciprocity_lot l ON l.id = u.lot_id
        JOIN reciprocity_account a ON a.id = e.account_id WHERE coalesce(a.merged_into_id, a.id) <> l.account_id
        """,
    ),
    (
        "the points of an order are on the account that its terms name, and on no other",
        """
        SELECT e.order_id AS order, coalesce(a.merged_into_id, a.id) AS account, t.account_id AS of_terms,
          sum(e.points) AS points, sum(e.pending) AS pending
        FROM reciprocity_entry e JOIN reciprocity_account a ON a.id = e.account_id
        LEFT JOIN reciprocity_orderterms t ON t.order_id = e.order_id
        WHERE e.order_id <> '' AND coalesce(a.merged_into_id, a.id) IS DISTINCT FROM t.account_id
        GROUP BY 1, 2, 3 HAVING sum(e.points) <> 0 OR sum(e.pending) <> 0
        """,
    ),
    (
        "the versions of a rule are numbered without a gap, in the order of time",
        """
        SELECT rule_id AS rule, number, since FROM (
          SELECT rule_id, number, since, row_number() OVER versions AS expected, lag(since) OVER versions AS before
          FROM reciprocity_earningruleversion WINDOW versions AS (PARTITION BY rule_id ORDER BY number)
        ) v WHERE number <> expected OR since < before
        """,
    ),
    (
        "what an order's terms say of a rule is what that version of it says",
        """
        SELECT t.order_id AS order, a.rule ->> 0 AS rule, a.rule ->> 1 AS version
        FROM reciprocity_orderterms t CROSS JOIN LATERAL (
          SELECT b -> 1 AS rule FROM jsonb_array_elements(t.terms -> 'bonuses') b
          UNION ALL
          SELECT r FROM jsonb_each(t.terms -> 'lines') l, jsonb_array_elements(l.value -> 2) r
          WHERE jsonb_typeof(l.value) = 'array'
        ) a LEFT JOIN reciprocity_earningruleversion v
          ON v.rule_id = (a.rule ->> 0)::bigint AND v.number = (a.rule ->> 1)::integer
        WHERE a.rule ->> 0 IS NOT NULL AND (a.rule ->> 2, a.rule ->> 3, (a.rule ->> 4)::numeric, a.rule ->> 5)
          IS DISTINCT FROM (v.name, v.effect, v.value, v.stacking)
        """,
    ),
    (
        "each bonus that no order earned is what a version of its rule gives for it",
        """
        SELECT e.id AS entry, e.source, e.points FROM reciprocity_entry e
        WHERE e.source LIKE 'bonus:%' AND NOT EXISTS (
          SELECT 1 FROM reciprocity_earningruleversion v WHERE v.rule_id::text = split_part(e.source, ':', 2)
            AND v.trigger = split_part(e.source, ':', 3) AND v.value = e.points)
        """,
    ),
    (
        "nobody had two birthdays within 330 days",
        """
        SELECT account_id AS account, happened_at, before FROM (
          SELECT account_id, happened_at, lag(happened_at) OVER (PARTITION BY account_id ORDER BY version) AS before
          FROM reciprocity_entry WHERE source LIKE 'bonus:%:birthday:%'
        ) b WHERE happened_at > before AND happened_at < before + interval '330 days'
        """,
    ),
    (
        "a customer's tier is one of the ladder's, and the last to which the customer moved",
        """
        SELECT p.account_id AS account, p.code, m.code AS moved_to FROM reciprocity_accounttier p
        LEFT JOIN LATERAL (SELECT c.code FROM reciprocity_tierchange c
          WHERE c.account_id = p.account_id ORDER BY c.id DESC LIMIT 1) m ON true
        LEFT JOIN reciprocity_tier t ON t.ladder_id = p.ladder_id AND t.code = p.code
        WHERE p.code <> coalesce(m.code, '') OR (p.code <> '' AND t.id IS NULL)
        """,
    ),
    (
        "every move between tiers begins where the one before ended",
        """
        SELECT account_id AS account, from_code, before FROM (
          SELECT account_id, from_code, coalesce(lag(code) OVER (PARTITION BY account_id ORDER BY id), '') AS before
          FROM reciprocity_tierchange
        ) c WHERE from_code <> before
        """,
    ),
)

# Rules of a moment, `now`.
RULES_OF_NOW: tuple[tuple[str, str], ...] = (
    (
        "a tier that is looked at afresh is the tier that the points of its window reach, or one that the policy keeps",
        """
        SELECT p.account_id AS account, p.code, r.code AS reached FROM reciprocity_accounttier p
        JOIN reciprocity_account a ON a.id = p.account_id AND a.version = p.version AND a.merged_into_id IS NULL
        JOIN reciprocity_tierladder l ON l.id = p.ladder_id
          AND l.id = (SELECT n.id FROM reciprocity_tierladder n ORDER BY n.id DESC LIMIT 1)
        LEFT JOIN reciprocity_tier mine ON mine.ladder_id = l.id AND mine.code = p.code
        CROSS JOIN LATERAL (
          SELECT coalesce(sum(o.points), 0) AS points FROM (
            SELECT least(sum(x.points), t.earned) AS points FROM reciprocity_lot x
            LEFT JOIN reciprocity_orderterms t ON t.order_id = x.order_id AND x.order_id <> ''
            WHERE x.account_id = p.account_id AND x.qualifies AND (x.expires_at IS NULL OR x.expires_at > %(now)s)
              AND x.earned_at > %(now)s - make_interval(days => l.window_days)
            GROUP BY x.order_id, t.earned) o
        ) c
        LEFT JOIN LATERAL (SELECT s.code, s.threshold FROM reciprocity_tier s
          WHERE s.ladder_id = l.id AND s.threshold <= c.points ORDER BY s.threshold DESC LIMIT 1) r ON true
        WHERE (p.look_at IS NULL OR p.look_at > %(now)s) AND CASE
          WHEN coalesce(r.threshold, 0) >= coalesce(mine.threshold, 0) THEN p.code <> coalesce(r.code, '')
          ELSE l.downgrade = 'at once' END
        """,
    ),
)
