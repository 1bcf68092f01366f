"""Links: one token stands for one thing and one purpose, and every other text is refused alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import identity, links
from saleor_reciprocity.identity import InstallationKey

NOW = timezone.now()
MONTH = timedelta(days=30)


def test_a_token_is_read_back(db: Any) -> None:
    token = links.token_for("survey", "1234", NOW)
    assert links.subject_of("survey", token, NOW, MONTH) == "1234"
    assert links.subject_of("survey", token, NOW + timedelta(days=9999), None) == "1234"


def test_every_single_bit_change_is_refused_alike(db: Any) -> None:
    token = links.token_for("survey", "a_subject-1234", NOW)
    refusals = set()
    for position in range(len(token)):
        for bit in range(8):
            changed = token[:position] + chr(ord(token[position]) ^ 1 << bit) + token[position + 1 :]
            with pytest.raises(links.BadLink) as refused:
                links.subject_of("survey", changed, NOW, None)
            refusals.add((type(refused.value), str(refused.value)))
    assert refusals == {(links.BadLink, "")}


@pytest.mark.parametrize("broken", ["", ".", "..", "1234", "x" * 5000, "1234.0.", "1234.\u0660.x", "\x00", "../../etc"])
def test_other_texts_are_refused_alike(broken: str, db: Any) -> None:
    with pytest.raises(links.BadLink):
        links.subject_of("survey", broken, NOW, None)


def test_parts_added_or_cut_are_refused(db: Any) -> None:
    token = links.token_for("survey", "1234", NOW)
    for changed in (token[:-1], token + "a", token + "\n", token.upper(), f" {token}", token.replace("1234", "01234")):
        with pytest.raises(links.BadLink):
            links.subject_of("survey", changed, NOW, None)


def test_a_token_is_for_one_purpose_and_for_its_time(db: Any) -> None:
    token = links.token_for("survey", "1234", NOW)
    with pytest.raises(links.BadLink):
        links.subject_of("unsubscribe", token, NOW, MONTH)
    with pytest.raises(links.BadLink):
        links.subject_of("survey", token, NOW + MONTH, MONTH)
    assert links.subject_of("survey", token, NOW + MONTH - timedelta(seconds=2), MONTH) == "1234"


def test_a_rotated_secret_key_breaks_no_link_and_a_new_installation_key_breaks_all(db: Any, settings: Any) -> None:
    token = links.token_for("survey", "1234", NOW)
    settings.SECRET_KEY = "rotated"
    assert links.subject_of("survey", token, NOW, None) == "1234"
    InstallationKey.objects.update(key="00" * 32)
    with pytest.raises(links.BadLink):
        links.subject_of("survey", token, NOW, None)


def test_a_signature_is_no_hash_of_a_person(db: Any) -> None:
    token = links.token_for("survey", "1234", NOW)
    assert token.split(".")[-1] not in identity.email_hash("survey:1234")


def test_the_address_of_a_page_is_absolute(db: Any) -> None:
    token = links.token_for("survey", "1234", NOW)
    address = links.address_of("survey", token)
    assert address.startswith("http")
    assert address.endswith(f"/plugins/saleor_reciprocity/survey/{token}/")


@pytest.mark.parametrize("subject", ["", "a.b", "a b", "ä", "x" * 101])
def test_a_subject_has_no_other_characters(subject: str, db: Any) -> None:
    with pytest.raises(ValueError, match="subject"):
        links.token_for("survey", subject, NOW)
