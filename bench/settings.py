"""Settings of the benchmarks: a shop as one would run it for real, with Saleor's own plugins and a task queue.

Mails and other later work only enter the queue, here in this process's memory, as they would enter a broker. So
neither side of a ratio contains work that another process does in a real shop.
"""

from __future__ import annotations

import os
from datetime import timedelta
from importlib.util import find_spec

os.environ.update(DEBUG="False", ALLOWED_CLIENT_HOSTS="testserver", CELERY_BROKER_URL="memory://")

if find_spec("saleor.channel") is None:
    from demo.settings import *  # noqa: F403
else:
    from .signing import new_key

    os.environ.setdefault("SECRET_KEY", "of a shop that is measured")
    os.environ.setdefault("RSA_PRIVATE_KEY", new_key())  # without DEBUG, Saleor 3 makes none by itself
    from saleor.settings import *  # noqa: F403

ALLOWED_HOSTS = ["testserver"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
JWT_TTL_ACCESS = timedelta(days=1)  # of Saleor 3, where customers would be signed out after five minutes of a run
LOGGING = {"version": 1, "disable_existing_loggers": True}
