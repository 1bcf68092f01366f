"""Plain templates for the mails of Saleor 2.10.1, whose wheel holds none: without them every mail of it fails."""

from __future__ import annotations

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
LOADER = ("django.template.loaders.locmem.Loader", {f"templated_email/{name}.email": PLAIN_MAIL for name in HOST_MAILS})
