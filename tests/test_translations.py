"""Translations are complete, and what is compiled is what is written.

`python -m dev.translations` brings a new text into the .po files and compiles them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import read_mo
from django.conf import settings as django_settings
from django.utils.translation import gettext, override, to_language

from dev.translations import FILES, is_missing, texts, written
from saleor_reciprocity import errors, inputs, settings


def by_text(catalog: Catalog) -> dict[object, object]:
    return {_fixed(message.id): _fixed(message.string) for message in catalog if message.id}


def _fixed(text: object) -> object:
    """A text, or the forms of a plural, in a shape that can be compared."""
    return tuple(text) if isinstance(text, (list, tuple)) else text


def test_there_are_translations() -> None:
    assert [path.parts[-3] for path in FILES] == ["zh_Hans"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_every_text_is_translated_and_no_other(path: Path) -> None:
    catalog = written(path)
    assert set(by_text(catalog)) == set(by_text(texts()))
    assert not [message.id for message in catalog if message.id and (message.fuzzy or is_missing(message))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_translations_keep_the_placeholders(path: Path) -> None:
    assert not [(message.id, list(message.check())) for message in written(path) if message.id and any(message.check())]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_what_is_compiled_is_what_is_written(path: Path) -> None:
    with path.with_suffix(".mo").open("rb") as file:
        assert by_text(read_mo(file)) == by_text(written(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_the_shop_knows_the_language(path: Path) -> None:
    assert to_language(path.parts[-3]) in dict(django_settings.LANGUAGES)


def test_errors_and_the_plugins_page_speak_the_active_language() -> None:
    with override("zh-hans"):
        assert errors.InsufficientPoints().message == "余额不足。"
        assert str(settings.FIELDS[0].label) == "积分：每单位货币"
        with pytest.raises(inputs.InvalidSettings, match="请输入 0 到 10000 之间的数字。"):
            inputs.parse({"points_per_unit": "-1"})
    assert errors.InsufficientPoints().message == "There is not enough on the account for this."


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_no_other_app_of_the_shop_translates_a_text_of_ours_otherwise(path: Path) -> None:
    """All apps share one list of texts, and the one that stands first in INSTALLED_APPS wins."""
    ours = {message.id: message.string for message in written(path) if isinstance(message.id, str) and message.id}
    with override(to_language(path.parts[-3])):
        assert {text: gettext(text) for text in ours} == ours
