"""Translations are complete, and what is compiled is what is written.

After a text was added or changed, `python -m tests.test_translations` brings it into the .po files; when it is
translated there, the same command compiles them.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Iterator

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract, extract_from_file
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings as django_settings
from django.utils.translation import override, to_language
from django.utils.translation.template import templatize

import saleor_reciprocity
from saleor_reciprocity import errors, inputs, settings

PACKAGE = Path(saleor_reciprocity.__file__).parent
PLURALS = ("ngettext", "ngettext_lazy")
KEYWORDS = {**dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop", "_")), **dict.fromkeys(PLURALS, (1, 2))}
FILES = sorted(PACKAGE.glob("locale/*/LC_MESSAGES/*.po"))


def texts() -> Catalog:
    """Every text of the package that a person may read in another language."""
    catalog = Catalog()
    for path in sorted(PACKAGE.rglob("*.py")):
        for _line, message, _comments, _context in extract_from_file("python", path, KEYWORDS):
            catalog.add(message)
    for path in sorted(PACKAGE.glob("templates/**/*.*")):
        code = BytesIO(templatize(path.read_text(), origin=path.name).encode())
        for _line, message, _comments, _context in extract("python", code, KEYWORDS):
            catalog.add(message)
    for case in cases(errors.ReciprocityError):
        catalog.add(" ".join((case.__doc__ or "").split()))
    return catalog


def cases(base: type) -> Iterator[type]:
    yield base
    for case in base.__subclasses__():
        yield from cases(case)


def written(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def is_missing(message: Message) -> bool:
    """Whether a text, or a form of a plural, has no translation."""
    return not (all(message.string) if isinstance(message.string, tuple) else message.string)


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
        assert errors.InsufficientPoints().message == "可用积分不足。"
        assert str(settings.FIELDS[0].label) == "积分：每单位货币"
        with pytest.raises(inputs.InvalidSettings, match="请输入 0 到 10000 之间的数字。"):
            inputs.parse({"points_per_unit": "-1"})
    assert errors.InsufficientPoints().message == "There are not enough available points for this."


def update(path: Path) -> None:
    """Bring the package's texts into a .po file and compile it."""
    catalog, template = written(path), texts()
    template.creation_date = catalog.creation_date
    catalog.update(template, no_fuzzy_matching=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=0, ignore_obsolete=True)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)
    missing = [str(message.id) for message in catalog if message.id and is_missing(message)]
    print("\n".join([f"{path}: {len(missing)} texts to translate", *missing]))  # noqa: T201


if __name__ == "__main__":
    for po_file in FILES:
        update(po_file)
