"""URLs of the demo shop: its own pages, then those of the plugin and of Saleor, as in every shop on Saleor 2.10."""

from __future__ import annotations

from django.urls import path

from saleor_reciprocity.urls import urlpatterns as of_saleor_and_plugin

from . import window

urlpatterns = [
    path("", window.page, {"name": "shop"}),
    path("cart/", window.page, {"name": "cart"}),
    path("account/", window.page, {"name": "account"}),
    path("mailbox/", window.page, {"name": "mailbox"}),
    path("time/", window.page, {"name": "time"}),
    path("demo/<name>", window.asset),
    path("demo/people/", window.people),
    path("demo/mails/", window.mails),
    path("demo/clock/", window.time),
    *of_saleor_and_plugin,
]
