"""Django settings of the test suite, for whichever Saleor is installed."""

from __future__ import annotations

from importlib.util import find_spec

from demo.host_mails import LOADER

if find_spec("saleor.channel") is None:
    from saleor.settings import *  # noqa: F403

    INSTALLED_APPS += ["saleor_reciprocity"]  # noqa: F405
    ROOT_URLCONF = "saleor_reciprocity.urls"
    BUILTIN_PLUGINS = PLUGINS  # noqa: F405
    TEMPLATES[0]["OPTIONS"]["loaders"].append(LOADER)  # noqa: F405
else:
    from saleor.tests.settings import *  # noqa: F403

    PUBLIC_URL = None  # a live server says where the shop is

PLUGINS = [
    *(path for path in BUILTIN_PLUGINS if path.startswith("saleor.payment.gateways.dummy.")),
    "saleor_reciprocity.plugin.ReciprocityPlugin",
]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
