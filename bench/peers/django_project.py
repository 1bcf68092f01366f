"""The smallest Django project for a ledger that is a Django app."""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

import django
from django.conf import settings
from django.core.management import call_command


def open_project(*apps: str) -> None:
    """Set Django up with the database of DATABASE_URL and these apps."""
    url = urlsplit(os.environ["DATABASE_URL"])
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path[1:],
        "USER": url.username,
        "HOST": unquote(url.netloc.rpartition("@")[2]),
        "CONN_MAX_AGE": None,
    }
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *apps],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    )
    django.setup()


def migrate() -> None:
    """Make the tables."""
    call_command("migrate", verbosity=0)
