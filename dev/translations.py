"""Translations: brings new texts of the package into the .po files, and compiles them.

    .venv/saleor/bin/python -m dev.translations

Run it after a text was added or changed, translate what it lists in the .po files, and run it again.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Iterator

from babel.messages import Catalog, Message
from babel.messages.extract import extract, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

import saleor_reciprocity
from saleor_reciprocity import errors

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
    print("\n".join([f"{path}: {len(missing)} texts to translate", *missing]))


if __name__ == "__main__":
    for po_file in FILES:
        update(po_file)
