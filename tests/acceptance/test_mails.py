"""Every kind of mail as it is read, on a phone and a desktop, in both languages and with what people may put in."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from saleor_reciprocity.mail import kinds
from saleor_reciprocity.mail.rendering import rendered

from . import chromium
from .chromium import Browser

DAY = datetime(2026, 12, 24, 12, tzinfo=timezone.utc)
LONG = "Handmade stoneware teapot with a bamboo handle and Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 2
CODE = {"code": "ABCD-EFGH-JKLM-NPQR", "last_day": DAY.date()}
ANSWERS = [{"label": value, "address": f"https://shop.example.com/?score={value}"} for value in range(11)]
CONTEXTS: dict[str, dict[str, Any]] = {
    kinds.SURVEY: {"question": LONG, "answers": ANSWERS, "low": "Not at all likely", "high": "Extremely likely"},
    kinds.SURPRISE: {**CODE, "order_number": "41", "prize": "€5.00", "reason": "Thank you for coming back."},
    kinds.REDEMPTION: {**CODE, "reward": LONG, "points": 1200, "value": "€5.00"},
    kinds.SERVICE: {
        "step": "open",
        "reward": LONG,
        "text": f"Show this at the door.\n{LONG}",
        "code": "https://tickets.example.com/ABCD-EFGH",
        "points": 1200,
    },
    kinds.STATEMENT: {"available": 1200, "pending": 30, "gained": 80, "spent": 1000},
    kinds.REPLY: {"reply": "We are sorry.\nA new cup is on its way.", "comment": LONG, "order_number": "41"},
    kinds.EXPIRY: {"points": 120, "last_day": DAY},
    kinds.ALERT: {
        "order_number": "41",
        "question": "How satisfied are you with your order?",
        "score": 1,
        "highest": 5,
        "comment": f"The cup was broken.\n{LONG}",
        "products": [{"name": "Cup", "stars": 1}, {"name": LONG, "stars": None}],
        "channel": "default-channel",
    },
}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_mail_is_readable(kind: str, size: str, language: str, browser: Browser, tmp_path: Any) -> None:
    links = dict.fromkeys(("unsubscribe", "preferences"), "https://shop.example.com/")
    frame = {"shop": "The Tea Room", "name": "Ada", **({} if kinds.KINDS[kind].to_shop else links)}
    letter = rendered(kind, language, {**frame, **CONTEXTS[kind]})
    (tmp_path / "mail.html").write_text(letter.html, "utf-8")
    page = browser.open(f"file://{tmp_path}/mail.html", size)
    browser.asked.clear()
    chromium.picture(page, f"mail-{kind}-{language}-{size}")
    in_a_mail_program = {"rules": {rule: {"enabled": False} for rule in ("landmark-one-main", "region")}}
    assert chromium.barriers(page, in_a_mail_program) == []
