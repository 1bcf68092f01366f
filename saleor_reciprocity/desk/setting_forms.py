"""Setting forms: settings in their groups, each as the field of a form wants it. The API says what there is."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from django.utils.translation import gettext_lazy as _

GROUPS = {
    "points": _("Points"),
    "reward": _("Standard reward"),
    "surprises": _("Surprises"),
    "surveys": _("Surveys"),
    "recommendations": _("Recommendations"),
    "report": _("Report"),
    "messages": _("Messages"),
}

# The words of what can be chosen.
CHOICES = {
    "gross": _("with tax"),
    "net": _("without tax"),
    "pending only": _("only what is pending"),
    "balance": _("what is still there"),
    "debt": _("all; what was spent is repaid by the next points"),
    "voucher": _("Voucher"),
    "gift card": _("Gift card"),
    "off": _("off"),
    "on": _("on"),
    "csat": _("Satisfaction, from 1 to 5"),
    "nps": _("Recommendation, from 0 to 10"),
    "ces": _("Effort, from 1 to 7"),
    "preference": _("those who said yes"),
    "existing customers": _("existing customers, too"),
    "e-mail": _("by e-mail"),
    "endpoint": _("to the shop’s endpoint"),
    "both": _("both ways"),
    "True": _("on"),
    "False": _("off"),
}

UNITS = {"days": _("days"), "months": _("months"), "points": _("points"), "share": _("a share, such as 20%")}


def word(value: str) -> str:
    """A setting's value in words; "–" for none."""
    return str(CHOICES.get(value, value)) or "–"


def groups(fields: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The groups in the order of the page, each with its fields."""
    found = list(fields)
    return [
        {"title": str(title), "rows": [_row(one) for one in found if one["group"] == name]}
        for name, title in GROUPS.items()
    ]


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    unit = str(UNITS.get(one["unit"], one["unit"]))
    label = _without_group(one["label"])
    return {
        "name": f"input.{one['name']}",
        "label": f"{label} ({unit})" if unit else label,
        "kind": _kind(one),
        "value": str(one["value"]).lower() if one["isSwitch"] else one["value"],
        "options": [(choice, word(choice)) for choice in one["choices"]],
        "help": one["help"],
    }


def _kind(one: Mapping[str, Any]) -> str:
    if one["isSwitch"]:
        return "checkbox"
    if one["isSecret"]:
        return "password"
    return "number" if one["unit"] else "text"


def _without_group(label: str) -> str:
    """A label without the name of its group, under which it stands."""
    for mark in (": ", "："):
        _before, found, after = label.partition(mark)
        if found:
            return after[:1].upper() + after[1:]
    return label
