"""Addresses: the one definition of "the same e-mail address", for Python and for SQL. Pure.

Two spellings are the same address when `normalised` makes the same text of them: without spaces around it, in one
Unicode form, in small letters. A letter is small or great by the table below, letter by letter and in every locale; so
`straße@` and `strasse@` are two people. `in_sql` is the same in the database, by a function that a migration makes and
that the host's tables are indexed by; a test compares the two for every character.

The table and the two sets never change: hashes of addresses are kept for ever.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Iterator

# Capitals of Unicode 15 and how far away the small letter is, in hexadecimal: first-last, "/2" for every other one.
_CAPITALS = """
41-5a+20 c0-d6+20 d8-de+20 100-12e/2+1 134-136/2+1 139-13d/2+1 141-147/2+1 14a-176/2+1 178-79 179-17d/2+1 181+d2
182-184/2+1 186+ce 187+1 189-18a+cd 18b+1 18e+4f 18f+ca 190+cb 191+1 193+cd 194+cf 196+d3 197+d1 198+1 19c+d3 19d+d5
19f+d6 1a0-1a4/2+1 1a6+da 1a7+1 1a9+da 1ac+1 1ae+da 1af+1 1b1-1b2+d9 1b3-1b5/2+1 1b7+db 1b8+1 1bc+1 1cd-1db/2+1
1de-1ee/2+1 1f4+1 1f6-61 1f7-38 1f8-21e/2+1 220-82 222-232/2+1 23a+2a2b 23b+1 23d-a3 23e+2a28 241+1 243-c3 244+45
245+47 246-24e/2+1 370-372/2+1 376+1 37f+74 386+26 388-38a+25 38c+40 38e-38f+3f 391-3a1+20 3a3-3ab+20 3cf+8
3d8-3ee/2+1 3f7+1 3fa+1 3fd-3ff-82 400-40f+50 410-42f+20 460-480/2+1 48a-4be/2+1 4c0+f 4c1-4cd/2+1 4d0-52e/2+1
531-556+30 10a0-10c5+1c60 10c7+1c60 10cd+1c60 13a0-13ef+97d0 13f0-13f5+8 1c90-1cba-bc0 1cbd-1cbf-bc0 1e00-1e94/2+1
1e9e-1dbf 1ea0-1efe/2+1 1f08-1f0f-8 1f18-1f1d-8 1f28-1f2f-8 1f38-1f3f-8 1f48-1f4d-8 1f59-1f5f/2-8 1f68-1f6f-8
1f88-1f8f-8 1f98-1f9f-8 1fa8-1faf-8 1fb8-1fb9-8 1fba-4a 1fbc-9 1fc8-1fca/2-56 1fcc-9 1fd8-1fd9-8 1fda-64 1fe8-1fe9-8
1fea-70 1fec-7 1ff8-80 1ffa-7e 1ffc-9 2132+1c 2183+1 2c00-2c2f+30 2c60+1 2c62-29f7 2c63-ee6 2c64-29e7 2c67-2c6b/2+1
2c6d-2a1c 2c6e-29fd 2c6f-2a1f 2c70-2a1e 2c72+1 2c75+1 2c7e-2c7f-2a3f 2c80-2ce2/2+1 2ceb-2ced/2+1 2cf2+1 a640-a66c/2+1
a680-a69a/2+1 a722-a72e/2+1 a732-a76e/2+1 a779-a77b/2+1 a77d-8a04 a77e-a786/2+1 a78b+1 a78d-a528 a790-a792/2+1
a796-a7a8/2+1 a7aa-a544 a7ab-a54f a7ac-a54b a7ad-a541 a7ae-a544 a7b0-a512 a7b1-a52a a7b2-a515 a7b3+3a0 a7b4-a7c2/2+1
a7c4-30 a7c5-a543 a7c6-8a38 a7c7-a7c9/2+1 a7d0+1 a7d6-a7d8/2+1 a7f5+1 10400-10427+28 104b0-104d3+28 10570-10594/2+27
10571-10579/2+27 1057d-10589/2+27 1058d-10591/2+27 10595+27 10c80-10cb2+40 118a0-118bf+20 16e40-16e5f+20
1e900-1e921+22
"""
# What a name on the internet ignores (RFC 3454, B.1), but the two joiners, which are letters' matter in some scripts.
_INVISIBLE = "\u00ad\u034f\u1806\u180b\u180c\u180d\u200b\u2060" + "".join(map(chr, range(0xFE00, 0xFE10))) + "\ufeff"
_FULL_STOP = "\u3002"  # the dot of Chinese and Japanese keyboards; in an address it is a dot
SQL_NAME = "reciprocity_address"
_SPACES = " \t\n\r\f\v"
# Blocks in which some Unicode after 12.1 has, or may yet have, new forms of letters. Python and PostgreSQL come with
# different Unicodes, so an address with one of these keeps the form that it is written in.
_UNSETTLED = (
    "\u0897-\u089f\u08ca-\u08d2\u0c3c\u1715\u1abf-\u1aff\u1dfa\ua7f1-\ua7f4\ua82c\uab69"
    "\U00010780-\U0001d15d\U0001d800-\U0001edff\U0001fb00-\U0001fbff"
)


def _small_letters() -> Iterator[tuple[int, int]]:
    for first, last, step, distance in re.findall(r"([0-9a-f]+)(?:-([0-9a-f]+))?(?:/(2))?([+-][0-9a-f]+)", _CAPITALS):
        for capital in range(int(first, 16), int(last or first, 16) + 1, int(step or 1)):
            yield capital, capital + int(distance, 16)


_FOLDED: dict[int, str] = {
    **{capital: chr(small) for capital, small in _small_letters()},
    ord(_FULL_STOP): ".",
    **dict.fromkeys(map(ord, _INVISIBLE), ""),
}
_has_unsettled = re.compile(f"[{_UNSETTLED}]").search


def normalised(email: str) -> str:
    """What all spellings of an address have in common."""
    if _has_unsettled(email):
        return email.translate(_FOLDED).strip(_SPACES)
    # Twice: a capital may hide in a sign, such as that of Kelvin, and a small letter may have a form of its own.
    return _composed(_composed(email).translate(_FOLDED)).strip(_SPACES)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def in_sql(column: str) -> str:
    """The normalised address in a column, as SQL. The host's tables are indexed by it."""
    return f"{SQL_NAME}({column})"


_SQL_SPACES = "E' \\t\\n\\r\\f\\x0b'"
_SQL_FOLDED = "translate({{}}, '{}{}', '{}')".format(
    "".join(chr(code) for code, small in _FOLDED.items() if small), _INVISIBLE, "".join(_FOLDED.values())
)

# Makes the function. It does not depend on the locale of the database; letters that are not ASCII need one in UTF-8.
# Addresses without such, which are nearly all, take the short way.
SQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {SQL_NAME}(email text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF octet_length(email) = char_length(email) THEN
    RETURN btrim(lower(email COLLATE "C"), {_SQL_SPACES});
  ELSIF email COLLATE "C" ~ '[{_UNSETTLED}]' THEN
    RETURN btrim({_SQL_FOLDED.format("email")}, {_SQL_SPACES});
  END IF;
  RETURN btrim(normalize({_SQL_FOLDED.format("normalize(email, NFKC)")}, NFKC), {_SQL_SPACES});
END $$;
"""
