"""Units: whom a question follows, as relations with one row a person.

Of the programme and of the survey that is whoever was assigned; of the gift, the first draw of whoever is not held out
that came to the ticket, whatever was given then. `root` is the assignment of the person, under whatever address.
"""

from __future__ import annotations

from datetime import timedelta

from .assignment import SURPRISES, SURVEYS
from .evidence import GIFT, PROGRAMME, SURVEY

WINDOW = timedelta(days=90)  # in which a person returns or does not
SETTLING = timedelta(days=7)  # after which what happened in the window is known

ERASED = "erased:"  # what `person` begins with once somebody was erased

_ASSIGNED = """
SELECT a.id AS unit, a.id AS root, a.person, a.assigned_at AS started_at, a.held_out, a.share::numeric AS share
FROM reciprocity_assignment a
WHERE a.experiment = '{experiment}' AND a.repeats_id IS NULL AND a.person NOT LIKE 'erased:%%'
"""
# What a draw comes to when its ticket is looked at. Each address of a person has a row among the assignments.
_DRAWN = f"""
SELECT DISTINCT ON (coalesce(a.repeats_id, a.id)) d.id AS unit, coalesce(a.repeats_id, a.id) AS root, d.person,
  d.drawn_at AS started_at, d.outcome = 'no' AS held_out, 1 - c.probability AS share
FROM reciprocity_draw d JOIN reciprocity_campaign c ON c.id = d.campaign_id
JOIN reciprocity_assignment a ON a.experiment = '{SURPRISES}' AND a.person = d.person
WHERE d.outcome IN ('won', 'no', 'no budget', 'out of stock', 'worthless') AND d.person NOT LIKE 'erased:%%'
ORDER BY coalesce(a.repeats_id, a.id), d.drawn_at, d.id
"""  # noqa: S608 - constants

EXPERIMENT = {PROGRAMME: SURPRISES, GIFT: SURPRISES, SURVEY: SURVEYS}
UNITS = {
    PROGRAMME: _ASSIGNED.format(experiment=SURPRISES),
    GIFT: _DRAWN,
    SURVEY: _ASSIGNED.format(experiment=SURVEYS),
}

# In which channel, and for which order, somebody was assigned or drew: the order that never counts as a return.
_OF_DRAW = """
SELECT c.channel_id, d.order_id FROM reciprocity_draw d JOIN reciprocity_campaign c ON c.id = d.campaign_id
WHERE d.person = u.person AND d.drawn_at = u.started_at ORDER BY d.id LIMIT 1
"""
_OF_INVITATION = """
SELECT i.channel_id, i.order_id FROM reciprocity_invitation i
WHERE i.person = u.person AND u.started_at IN (i.made_at, i.invited_at) ORDER BY i.id LIMIT 1
"""
BEGAN_WITH = {PROGRAMME: _OF_DRAW, GIFT: _OF_DRAW, SURVEY: _OF_INVITATION}
