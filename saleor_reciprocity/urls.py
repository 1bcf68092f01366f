"""URLs of a shop on Saleor 2.10, which has no route for plugins: the plugin's pages before all that Saleor has.

The shop says `ROOT_URLCONF = "saleor_reciprocity.urls"`, or puts `pages_of_plugin` before patterns of its own. Saleor 3
asks the plugin's `webhook` at the same address and needs none of this.
"""

from __future__ import annotations

from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from . import settings, views

# What protects a form here is the token in its address; there is no session that another site could use.
pages_of_plugin = [
    re_path(rf"^plugins/{settings.PLUGIN_ID}/(?P<path>.*)$", csrf_exempt(views.respond), name="reciprocity-pages")
]
urlpatterns = [*pages_of_plugin, path("", include("saleor.urls"))]
