"""Rendering: a message's subject, text and HTML from Django templates, in the reader's language and direction.

A shop overrides `saleor_reciprocity/mail/…` in its own template folders. Whatever a template is given is escaped in the
HTML part. The subject and every header are one line, whatever was put into a name.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, Mapping

from django.template import loader
from django.utils.translation import get_language_bidi, override

from saleor_reciprocity import languages, names

LONGEST_LINE = 150
BREAKS = ("Cc", "Zl", "Zp")  # control characters, and what ends a line or a paragraph
DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # they make a text look like another


@dataclass(frozen=True)
class Letter:
    """A message as it is read."""

    subject: str
    text: str
    html: str
    language: str


def one_line(text: str) -> str:
    """Any text as one line that is safe in a header: without control characters, and not too long.

    What joins letters and parts of an emoji stays; changes of direction and halves of characters go.
    """
    kept = (character for character in text if character not in DIRECTIONS and unicodedata.category(character) != "Cs")
    plain = "".join(" " if unicodedata.category(character) in BREAKS else character for character in kept)
    return " ".join(plain.split())[:LONGEST_LINE]


def rendered(kind: str, language: str, context: Mapping[str, Any]) -> Letter:
    """The letter of a kind. The templates also get `language`, `direction` and the three sides of it.

    What is `called` in the context is what the shop calls its points: they get `points_name`, and `amount` of `points`.
    """
    code = languages.nearest(language)
    folder = f"saleor_reciprocity/mail/{kind}"
    with override(code):
        right_to_left = get_language_bidi()
        surroundings = {
            "language": code,
            "direction": "rtl" if right_to_left else "ltr",
            "start": "right" if right_to_left else "left",
            **names.words(context.get("called", ""), context.get("points")),
        }
        full = {**surroundings, **context}
        subject = loader.render_to_string(f"{folder}.subject.txt", full)
        text = loader.render_to_string(f"{folder}.txt", full)
        html = loader.render_to_string(f"{folder}.html", full)
    return Letter(one_line(subject), text.strip() + "\n", html, code)
