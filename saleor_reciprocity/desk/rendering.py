"""Rendering: how a page of the desk becomes text, with tags of its own for forms, amounts and links."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping

from django.template import Context, Engine
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import execution

_FOLDER = Path(__file__).parent.parent / "templates" / "saleor_reciprocity" / "desk"
UNKNOWN_FORM = gettext_lazy("This form is not known. Load the page again.")


@lru_cache(maxsize=1)
def _engine() -> Engine:
    ours = [f"saleor_reciprocity.desk.{name}" for name in ("values", "tags")]
    return Engine(dirs=[str(_FOLDER)], builtins=["django.templatetags.i18n", *ours], autoescape=True)


def rendered(name: str, context: Mapping[str, Any]) -> str:
    """A template of the desk in the active language."""
    return str(_engine().get_template(f"{name}.html").render(Context(dict(context))))


def reason(answer: execution.Answer) -> str:
    """Why a document gave nothing, in the words of the API."""
    if answer.is_refused:
        return _("You have no permission to do this.")
    return " ".join(str(error.get("message", "")) for error in answer.errors)


def missing(answer: execution.Answer) -> list[str]:
    """Why some of a page is not there; nothing where all of it is."""
    refused = _("Some of this page is not shown, because you have no permission to see it.")
    failed = _("Some of this page could not be made. Try again later.")
    return [text for text, is_so in ((refused, answer.is_refused), (failed, answer.has_failed)) if is_so]
