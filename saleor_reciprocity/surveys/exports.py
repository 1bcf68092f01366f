"""Exports: answers as CSV for spreadsheets, in which no cell can be a formula."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import Iterator

from saleor_reciprocity import host

from . import open_answers, queries
from .models import Answer, OpenAnswer, Way
from .queries import Filter

COLUMNS = (
    "answered at", "order", "channel", "question", "score", "comment", "products", "ratings", "unhappy", "replies",
    "way",
)  # fmt: skip
PAGE = 1000

# Where a spreadsheet begins to compute: at these signs, also in their full-width forms, at the beginning of a cell.
# What follows a semicolon, a tab or a line break is another cell to some programs, whatever the quotation marks say.
_FORMULA = re.compile(r"""(^(?=[\t\r\n])|(?:^|[;\t\r\n])(?=[\s"]*[=+\-@＝＋－＠|%]))""")


def harmless(text: str) -> str:
    """A cell that every spreadsheet shows as text: an apostrophe goes before all that could be a formula."""
    return _FORMULA.sub(r"\1'", text)


def lines(wanted: Filter) -> Iterator[str]:
    """The answers that are meant as lines of CSV, the newest first, read page by page. The first line names columns.

    Open answers are not among those about orders: they are meant where their way is.
    """
    yield _line(COLUMNS)
    slugs = {channel.id: channel.slug for channel in host.channels()}
    source, cells_of = (open_answers, _open_cells) if wanted.way == Way.OPEN else (queries, _cells)
    position = None
    while batch := source.answers(wanted, PAGE, position):
        for answer in batch:
            yield _line([harmless(cell) for cell in cells_of(answer, slugs)])
        position = source.position_of(batch[-1])


def _cells(answer: Answer, slugs: dict[str, str]) -> list[str]:
    invitation = answer.invitation
    names = {product.product_id: product.name for product in invitation.products.all()}
    return [
        answer.answered_at.isoformat(timespec="seconds"),
        invitation.order_number,
        slugs.get(invitation.channel_id, ""),
        answer.question,
        str(answer.score),
        answer.comment,
        "; ".join(names.values()),
        "; ".join(f"{names[rating.product_id]}: {rating.stars}" for rating in answer.ratings.all()),
        "yes" if answer.is_unhappy else "no",
        "\n".join(reply.text for reply in answer.replies.all()),
        answer.way or str(Way.MAIL),
    ]


def _open_cells(answer: OpenAnswer, slugs: dict[str, str]) -> list[str]:
    said = [answer.question, str(answer.score), answer.comment]
    return [answer.answered_on.isoformat(), "", slugs.get(answer.channel_id, ""), *said, "", "", "", "", str(Way.OPEN)]


def _line(cells: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    text = StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow(cells)
    return text.getvalue()
