"""Settings of the demo shop: Saleor 2.10.1 with the plugin in it.

What a shop on Saleor 2.10.1 adds is the three lines below “The plugin”. The rest keeps the demo inside .cache/demo,
with a clock of its own, and gives Saleor the templates that its package lacks. DATABASE_URL names the database.
"""

from __future__ import annotations

import os
from pathlib import Path

from . import clock

clock.install()  # before Saleor's models take Django's clock
os.environ.setdefault("SECRET_KEY", "of the demo shop, which listens on this machine only")

from saleor.settings import *  # noqa: F403
from saleor.settings import INSTALLED_APPS, PLUGINS, TEMPLATES

from . import host_mails

# The plugin. Saleor 3 finds it by itself; Saleor 2.10.1 needs to be told.
INSTALLED_APPS += ["saleor_reciprocity"]
PLUGINS += ["saleor_reciprocity.plugin.ReciprocityPlugin"]
ROOT_URLCONF = "demo.urls"  # the pages of the demo, and then those of saleor_reciprocity.urls

HERE = Path(__file__).resolve().parent
STATE = HERE.parent / ".cache" / "demo"

MEDIA_ROOT = str(STATE / "media")
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(STATE / "mail")
ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL = True
RECIPROCITY_MINIMUM_PEOPLE = 2  # the sample shop has two dozen orders
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]  # the last is the shop to itself

TEMPLATES[0]["DIRS"] = [str(HERE / "templates")]
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = ""
TEMPLATES[0]["OPTIONS"]["loaders"].append(host_mails.LOADER)
