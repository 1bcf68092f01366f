"""The Django app: tables under the label `reciprocity`, and what is announced to the host when it starts."""

from __future__ import annotations

from typing import Any

from celery import current_app
from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate


class ReciprocityConfig(AppConfig):
    name = "saleor_reciprocity"
    label = "reciprocity"
    verbose_name = "Reciprocity"

    def ready(self) -> None:
        from . import checks, tasks
        from .graphql import schema

        checks.register_checks()
        post_migrate.connect(_make_indexes, sender=self)
        schema.extend()
        for name, entry in tasks.SCHEDULE.items():
            current_app.conf.beat_schedule.setdefault(name, entry)


def _make_indexes(using: str, plan: Any = (), **kwargs: Any) -> None:
    from . import host

    if using == DEFAULT_DB_ALIAS and not any(backwards for _migration, backwards in plan):
        with host.allow_writer():
            host.make_missing_indexes(host.INDEXES)
