"""The Dashboard of Saleor 3: the app by which it shows pages of ours, and the places in which it does.

The releases differ in the columns of a place and in which places there are: what a release has not is left out.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, Iterable

from django.db.models import Model, Q
from saleor.app import types
from saleor.app.models import App, AppExtension
from saleor.permission.models import Permission

from ..facts import DashboardApp, Place

SHOWS_APPS = True


def make_dashboard_app(app: DashboardApp) -> int:
    """Make the app. Its number; 0 where there is none."""
    row = App(identifier=app.identifier, type=types.AppType.THIRDPARTY, name=app.name)
    row.save()
    refresh_dashboard_app(row.pk, app)
    return int(row.pk)


def refresh_dashboard_app(key: int, app: DashboardApp) -> None:
    """Bring an app, and the places in which the Dashboard shows it, to what is wanted, whether it is on or off."""
    shown = {"name": app.name, "about_app": app.about, "app_url": app.address, "version": app.version}
    App.objects.filter(pk=key).update(**_known(App, {**shown, "author": app.name}))
    App.objects.get(pk=key).permissions.set(_permissions(app.permissions))
    places = [place for place in app.places if _is_known(place)]
    mounts = [place.mount for place in places]
    AppExtension.objects.filter(app_id=key).exclude(mount__in=mounts).delete()
    for place in places:
        _keep(key, place)


def dashboard_app_is_on(key: int) -> bool | None:
    """Whether an app is switched on; None where staff have removed it."""
    rows = App.objects.filter(pk=key, removed_at__isnull=True)
    return rows.values_list("is_active", flat=True).first()


def _keep(key: int, place: Place) -> None:
    values = {
        "label": place.label,
        "url": place.address,
        "target": place.target,
        "settings": place.settings,
        "identifier": place.identifier,
        "http_target_method": "GET" if place.target == "widget" else None,
    }
    where = {"app_id": key, "mount": place.mount}
    row, _made = AppExtension.objects.update_or_create(**where, defaults=_known(AppExtension, values))
    row.permissions.set(_permissions(place.permissions))


def _is_known(place: Place) -> bool:
    """Whether this release has the place. The newest leave that to the Dashboard."""
    known = (("AppExtensionMount", place.mount), ("AppExtensionTarget", place.target))
    return all(value in dict(getattr(types, name).CHOICES) for name, value in known if hasattr(types, name))


def _known(model: type[Model], values: dict[str, Any]) -> dict[str, Any]:
    columns = {field.name for field in model._meta.get_fields()}
    return {name: value for name, value in values.items() if name in columns}


def _permissions(names: Iterable[str]) -> Any:
    parts = [name.split(".") for name in names]
    wanted = [Q(content_type__app_label=label, codename=codename) for label, codename in parts]
    return Permission.objects.filter(reduce(or_, wanted)) if wanted else Permission.objects.none()
