"""Tags: what the desk's forms are written with: fields, choices and pickers; and links, bars and pages of lists."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Mapping
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html

from . import texts
from .values import points

register = template.Library()


@register.simple_tag(takes_context=True)
def page(context: Any, path: str, /, **query: Any) -> str:
    """The address of a page of the desk; a parameter without a value is left out."""
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{context.get('base', '')}{path}{'?' if given else ''}{urlencode(given)}"


@register.inclusion_tag("field.html", takes_context=True)
def field(context: Any, name: str, label: str, type: str = "text", value: Any = None, **more: Any) -> dict[str, Any]:
    """A field of a form, named by its way through the variables, with what was typed and what was wrong."""
    form, wrong = _typed(context)
    _told(context, name)
    typed = form.get(name) if form is not None else None
    shown = typed if typed is not None else "" if value is None else _plain(value)
    options = _options(more.pop("options", ()), more.pop("of", ""))
    return {
        "name": name,
        "id": _field_id(context, name),
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


def _options(given: Any, of: str) -> list[tuple[str, str]]:
    """What can be chosen, with its words: values of an enum with spaces between, pairs, or texts that say it all."""
    if isinstance(given, str):
        return [(one, texts.word(one, of)) for one in given.split()]
    return [(one, one) if isinstance(one, str) else one for one in given]


@register.inclusion_tag("checks.html", takes_context=True)
def checks(context: Any, name: str, label: str, options: Any, chosen: Any = (), **more: Any) -> dict[str, Any]:
    """Boxes to tick, of which any number may be."""
    form, wrong = _typed(context)
    _told(context, name)
    ticked = form.getlist(name) if form is not None and name in form else chosen or ()
    named = _options(options, more.pop("of", ""))
    rows = [(_field_id(context, f"{name}.{key}"), key, text, key in ticked) for key, text in named]
    return {"name": name, "label": label, "rows": rows, "wrong": wrong.get(name), **more}


@register.inclusion_tag("picker.html", takes_context=True)
def picker(context: Any, name: str, label: str, kind: str, chosen: Any = (), many: bool = True) -> dict[str, Any]:
    """A choice among what the shop has, by name. What was chosen is told by (kind, id, name) of GraphQL."""
    form, wrong = _typed(context)
    _told(context, name)
    found = [(one["id"], one["name"]) for one in chosen or () if one and one["kind"] == kind]
    if form is not None and name in form:
        found = [(key, form.get(f"_name.{key}", key)) for key in form.getlist(name) if key]
    shown = {"base": context.get("base", ""), "name": name, "id": _field_id(context, name), "label": label}
    return {**shown, "kind": kind, "chosen": found, "many": many, "wrong": wrong.get(name)}


@register.filter
def pairs(rows: Any, names: str) -> list[tuple[Any, Any]]:
    """Of each row two of its values, for the options of a field."""
    first, second = names.split()
    return [(row[first], row[second]) for row in rows or ()]


@register.filter
def rows(given: Any, more: int = 0) -> list[tuple[str, Any]]:
    """Things with their numbers, and so many empty ones behind them, for a list in a form."""
    found = [*(given or ()), *({} for _ in range(more))]
    return [(str(number), one) for number, one in enumerate(found)]


@register.filter
def alone(one: Any) -> list[Any]:
    """A list of one thing, or of none."""
    return [one] if one else []


@register.filter
def groups(names: Any) -> list[dict[str, str]]:
    """Groups of customers, as a picker wants them."""
    return [{"kind": "GROUP", "id": name, "name": name} for name in names or ()]


@register.filter
def bonuses(given: Any) -> list[tuple[str, str]]:
    """The bonuses that staff can give, for the options of a field."""
    return [(one["ruleId"], f"{one['name']} (+{points(one['points'])})") for one in given or ()]


@register.filter
def orders(given: Any) -> list[tuple[str, str]]:
    """Orders that nothing is answered about, with their question, for the options of a field."""
    return [(one["id"], f"#{one['orderNumber']} {one['question']}") for one in given or ()]


@register.filter
def less(value: Any, other: Any) -> Any:
    """The difference of two numbers."""
    return value - other


@register.filter
def plus(value: Any, other: Any) -> Any:
    """The sum of two numbers."""
    return value + other


@register.filter(name="any")
def any_of(values: Any) -> bool:
    """Whether any of some values says something."""
    return any((values or {}).values())


@register.simple_tag
def with_id(edges: Any, given: str | None) -> Any:
    """What a list has under an ID; nothing where it has none."""
    return next((edge["node"] for edge in edges if given and edge["node"]["id"] == given), None)


@register.inclusion_tag("bar.html")
def bar(label: str, value: Any, most: Any, text: str) -> dict[str, Any]:
    """How much of something is used up, as a bar with its words."""
    return {"label": label, "value": value, "most": most, "text": text}


def _field_id(context: Any, name: str) -> str:
    return f"{context.get('form_id', 'f')}-{name.replace('.', '-')}"


def _told(context: Any, name: str) -> None:
    """Note that a form has a place at which is said what is wrong with something."""
    context.get("told", set()).add(name)


def _typed(context: Any) -> tuple[Any, Mapping[str, str]]:
    """What was typed into the form around and what was wrong with it; nothing if it is done or another was sent."""
    sent = context.get("sent")
    if sent is None or (sent.is_done and not sent.is_trial) or not _is_of(sent, context):
        return None, {}
    return sent.form, sent.wrong


def _is_of(sent: Any, context: Any) -> bool:
    named = sent.form.get("form")
    return bool(named == context.get("form_id") if named else sent.operation == context.get("operation"))


class _Form(template.Node):
    """`{% form "Adjust" label %} … {% endform %}`: a form that sends a mutation of the page's document."""

    def __init__(self, body: Any, operation: Any, key: Any) -> None:
        self.body, self.operation, self.key = body, operation, key

    def render(self, context: Any) -> str:
        operation = self.operation.resolve(context)
        key = self.key.resolve(context) if self.key else ""
        form_id = f"{operation}{'-' if key else ''}{key}"
        told: set[str] = set()
        with context.push(operation=operation, form_id=form_id, told=told):
            form, wrong = _typed(context)
            if form is not None and "shown" in context:
                context["shown"].append(form_id)
            body = self.body.render(context)
            homeless = " ".join(text for name, text in wrong.items() if name not in told)
            return format_html(
                '<form method="post" id="{}"><input type="hidden" name="operation" value="{}">'
                '<input type="hidden" name="form" value="{}">{}{}</form>',
                form_id,
                operation,
                form_id,
                format_html('<p class="wrong" role="alert">{}</p>', homeless) if homeless else "",
                body,
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
