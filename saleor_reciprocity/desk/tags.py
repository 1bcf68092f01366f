"""Tags: what the desk's templates are written with: fields of forms, amounts, moments, links and pages of lists."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Mapping
from urllib.parse import urlencode

from babel.core import UnknownLocaleError
from babel.numbers import format_decimal
from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import get_language, to_locale

from saleor_reciprocity import host

from . import texts

register = template.Library()


@register.filter
def points(value: Any) -> str:
    """A number as people write it."""
    try:
        return str(format_decimal(Decimal(str(value)), locale=to_locale(get_language() or "en")))
    except UnknownLocaleError:
        return str(format_decimal(Decimal(str(value)), locale="en"))


@register.filter
def change(value: Any) -> str:
    """A number with its sign."""
    return f"{'+' if Decimal(str(value)) > 0 else ''}{points(value)}"


@register.filter
def money(value: Mapping[str, Any]) -> str:
    """An amount of GraphQL's type Money."""
    return host.formatted(Decimal(str(value["amount"])), value["currency"])


@register.filter
def amount(value: Any, currency: str) -> str:
    """An amount of money in a currency."""
    return host.formatted(Decimal(str(value)), currency)


@register.filter
def share(value: Any) -> str:
    """A share from 0 to 1 as people write it, in per cent."""
    return f"{points((Decimal(str(value)) * 100).normalize())} %"


@register.filter
def moment(value: str | None) -> str:
    """A moment; the browser turns it into the reader's own time."""
    found = parse_datetime(value or "")
    return format_html('<time datetime="{}">{}</time>', value, _in_words(found)) if found else ""


@register.filter
def is_before(value: str | None, now: datetime) -> bool:
    """Whether a moment lies before another; none never does."""
    found = parse_datetime(value or "")
    return found is not None and found <= now


def _in_words(found: datetime) -> str:
    return str(date_format(found.astimezone(timezone.get_current_timezone()), "DATETIME_FORMAT"))


@register.filter
def words(values: str) -> list[str]:
    """The words of a text, for a loop."""
    return values.split()


@register.filter
def word(value: str | None) -> str:
    """A value of an enum in words."""
    return texts.word(value or "")


@register.simple_tag(takes_context=True)
def page(context: Any, path: str, /, **query: Any) -> str:
    """The address of a page of the desk; a parameter without a value is left out."""
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{context.get('base', '')}{path}{'?' if given else ''}{urlencode(given)}"


@register.inclusion_tag("field.html", takes_context=True)
def field(context: Any, name: str, label: str, type: str = "text", value: Any = None, **more: Any) -> dict[str, Any]:
    """A field of a form, named by its way through the variables, with what was typed and what was wrong."""
    form, wrong = _typed(context)
    typed = form.get(name) if form is not None else None
    shown = typed if typed is not None else "" if value is None else _plain(value)
    options = [(one, texts.word(one)) if isinstance(one, str) else one for one in _options(more.pop("options", ()))]
    return {
        "name": name,
        "id": f"{context.get('form_id', 'f')}-{name.replace('.', '-')}",
        "label": label,
        "type": type,
        "value": str(shown).lower() if type == "checkbox" else shown,
        "options": [(key, text, str(key) == str(shown)) for key, text in options],
        "wrong": wrong.get(name),
        **more,
    }


def _plain(value: Any) -> Any:
    """A value as people type it: without the zeros behind a whole number."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _options(given: Any) -> Any:
    return given.split() if isinstance(given, str) else given


def _typed(context: Any) -> tuple[Any, Mapping[str, str]]:
    """What was typed into the form around and what was wrong with it; nothing if it is done or another was sent."""
    sent = context.get("sent")
    row = context.get("form_id")
    if sent is None or sent.is_done or sent.operation != context.get("operation") or sent.form.get("form", row) != row:
        return None, {}
    return sent.form, sent.wrong


class _Form(template.Node):
    """`{% form "Adjust" label %} … {% endform %}`: a form that sends a mutation of the page's document."""

    def __init__(self, body: Any, operation: Any, key: Any) -> None:
        self.body, self.operation, self.key = body, operation, key

    def render(self, context: Any) -> str:
        operation = self.operation.resolve(context)
        key = self.key.resolve(context) if self.key else ""
        form_id = f"{operation}{'-' if key else ''}{key}"
        with context.push(operation=operation, form_id=form_id):
            _form, wrong = _typed(context)
            return format_html(
                '<form method="post" id="{}"><input type="hidden" name="operation" value="{}">'
                '<input type="hidden" name="form" value="{}">{}{}</form>',
                form_id,
                operation,
                form_id,
                format_html('<p class="wrong" role="alert">{}</p>', wrong[""]) if wrong.get("") else "",
                self.body.render(context),
            )


@register.tag
def form(parser: Any, token: Any) -> _Form:
    """A form: the name of the mutation, and where a page has several forms for it, what tells them apart."""
    parts = token.split_contents()[1:]
    body = parser.parse(("endform",))
    parser.delete_first_token()
    compiled = [parser.compile_filter(part) for part in parts]
    return _Form(body, compiled[0], compiled[1] if len(compiled) > 1 else None)


@register.inclusion_tag("pager.html", takes_context=True)
def pager(context: Any, connection: Mapping[str, Any], variable: str = "after") -> dict[str, Any]:
    """The links to the first and the next page of a list."""
    asked = context["asked"].copy()
    asked.pop(variable, None)
    here = {"base": context["base"]}
    info = connection["pageInfo"]
    following = {**asked.dict(), variable: info.get("endCursor")} if info["hasNextPage"] else None
    path = context["page"].path
    return {
        "first": page(here, path, **asked.dict()) if context["asked"].get(variable) else "",
        "next": page(here, path, **following) if following else "",
    }
