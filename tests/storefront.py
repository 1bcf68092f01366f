"""A storefront without a network: the demo's customers, served in this process."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from demo.storefront import Refused, Shop, exact


class ShopInProcess(Shop):
    """A shop that is asked without a network: the whole request is served in this process."""

    def __init__(self, channel: str) -> None:
        self._client = Client()
        super().__init__("http://testserver", channel)

    def ask(self, query: str, variables: dict[str, Any] | None = None, token: str | None = None) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables or {}}, default=str)
        headers = {"HTTP_AUTHORIZATION": f"JWT {token}"} if token else {}
        response = self._client.post("/graphql/", body, content_type="application/json", secure=True, **headers)
        answer = json.loads(response.content, parse_float=exact)
        if answer.get("errors"):
            raise Refused(answer["errors"])
        return dict(answer["data"])
