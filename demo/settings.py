"""Settings of the demo shop: Saleor 2.10.1 with the plugin in it.

What a shop on Saleor 2.10.1 adds is the two lines below the first comment; the rest keeps the demo inside .cache/demo
and gives Saleor the templates that its package lacks. The database comes in through DATABASE_URL.
"""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "of the demo shop, which listens on this machine only")

from saleor.settings import *  # noqa: F403
from saleor.settings import INSTALLED_APPS, PLUGINS, TEMPLATES

# The plugin. Saleor 3 finds it by itself; Saleor 2.10.1 needs to be told.
INSTALLED_APPS += ["saleor_reciprocity"]
PLUGINS += ["saleor_reciprocity.plugin.ReciprocityPlugin"]

HERE = Path(__file__).resolve().parent
STATE = HERE.parent / ".cache" / "demo"

MEDIA_ROOT = str(STATE / "media")
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(STATE / "mail")
ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]

# Saleor 2.10.1's wheel holds no templates. Without these its mails fail and its two pages answer with an error.
HOST_MAILS = [
    "account/confirm",
    "account/password_reset",
    "account/request_email_change",
    "account/email_changed_notification",
    "account/account_delete",
    "order/confirm_order",
    "order/staff_confirm_order",
    "order/confirm_fulfillment",
    "order/update_fulfillment",
    "order/payment/confirm_payment",
]
PLAIN_MAIL = (
    "{% block subject %}{{ site_name }}{% if order %}: order {{ order.pk }}{% endif %}{% endblock %}"
    "{% block plain %}"
    "{% if order %}Your order {{ order.pk }}: {{ order.total.gross.amount }} {{ order.total.currency }}{% endif %}\n"
    "{{ order_details_url }}{{ confirm_url }}{{ redirect_url }}\n{% endblock %}"
)
TEMPLATES[0]["DIRS"] = [str(HERE / "templates")]
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = ""
TEMPLATES[0]["OPTIONS"]["loaders"] += [
    ("django.template.loaders.locmem.Loader", {f"templated_email/{name}.email": PLAIN_MAIL for name in HOST_MAILS})
]
