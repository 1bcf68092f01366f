"""Languages: the one among those that the texts were translated into that is nearest to what a person reads.

They are a fixed set, read once from the files of translations: what a browser or an order asks for is only looked up in
it, because Django keeps a catalogue for ever for every language that it was ever asked for.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_noop, to_language
from django.utils.translation.trans_real import parse_accept_lang_header

# A text that is in every translation of ours, so a shop that adds one among its own needs to tell nobody else.
_OURS = gettext_noop("language:en").encode()
_FALLBACKS = {"zh": ["zh-hans"]}
_LONGEST_CODE, _LONGEST_HEADER = 35, 500


@lru_cache(maxsize=None)
def translated() -> frozenset[str]:
    """The codes of all languages that there is a translation for, and English."""
    folders = [Path(__file__).parent / "locale", *map(Path, settings.LOCALE_PATHS)]
    files = (file for folder in folders for file in folder.glob("*/LC_MESSAGES/django.mo"))
    return frozenset({"en", *(to_language(file.parts[-3]) for file in files if _OURS in file.read_bytes())})


def nearest(code: str) -> str:
    """The translated language nearest to a code such as "zh-CN" or "de_AT"; English where there is none."""
    return _known(code) or "en"


def _known(code: str) -> str | None:
    parts = code[:_LONGEST_CODE].strip().replace("_", "-").lower().split("-")
    candidates = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    candidates += [other for known in candidates for other in LANG_INFO.get(known, {}).get("fallback", [])]
    candidates += _FALLBACKS.get(candidates[0], [])
    return next((candidate for candidate in candidates if candidate in translated()), None)


def accepted(header: str) -> str:
    """The translated language that a browser's header `Accept-Language` prefers; of a long one its beginning."""
    beginning = header if len(header) <= _LONGEST_HEADER else header[:_LONGEST_HEADER].rpartition(",")[0]
    found = (_known(code) for code, _weight in parse_accept_lang_header(beginning.lower()))
    return next((code for code in found if code), "en")
