"""The Django app: tables under the label `reciprocity`, and what is announced to the host when it starts."""

from __future__ import annotations

from celery import current_app
from django.apps import AppConfig


class ReciprocityConfig(AppConfig):
    name = "saleor_reciprocity"
    label = "reciprocity"
    verbose_name = "Reciprocity"

    def ready(self) -> None:
        from . import checks, tasks
        from .graphql import schema

        checks.register_checks()
        schema.extend()
        for name, entry in tasks.SCHEDULE.items():
            current_app.conf.beat_schedule.setdefault(name, entry)
