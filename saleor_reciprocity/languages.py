"""Languages: the one among those that the texts were translated into that is nearest to what a person reads."""

from __future__ import annotations

from functools import lru_cache

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext, gettext_noop, override

# Translated by the code of the language that a translation is in, so a shop that adds one needs to tell nobody else.
_THIS_LANGUAGE = gettext_noop("language:en")
_FALLBACKS = {"zh": ["zh-hans"]}


@lru_cache(maxsize=256)
def nearest(code: str) -> str:
    """The translated language nearest to a code such as "zh-CN" or "de_AT"; English where there is none."""
    parts = code.replace("_", "-").lower().split("-")
    candidates = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    candidates += [other for known in candidates for other in LANG_INFO.get(known, {}).get("fallback", [])]
    candidates += _FALLBACKS.get(candidates[0], [])
    for candidate in candidates:
        found = _translated_into(candidate)
        if found.split("-")[0] == parts[0]:
            return found
    return "en"


def _translated_into(code: str) -> str:
    with override(code):
        return str(gettext(_THIS_LANGUAGE)).split(":")[-1].lower()


def accepted(header: str) -> str:
    """The translated language that a browser's header `Accept-Language` prefers."""
    wishes = [part.split(";")[0].strip() for part in header.split(",")]  # browsers send them in order
    found = [(wish, nearest(wish)) for wish in wishes if wish]
    return next((code for wish, code in found if code.split("-")[0] == wish.lower().split("-")[0]), "en")
