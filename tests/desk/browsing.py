"""What a shell asks of the desk, without a browser."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from saleor_reciprocity import rights

from .. import hosts

PREFIX = "/plugins/saleor_reciprocity/desk/"


class Reader:
    """Somebody with a token who reads pages of the desk and sends its forms."""

    def __init__(self, user: Any = None, language: str = "en", token: str = "") -> None:
        token = token or (hosts.as_user(user).headers["HTTP_AUTHORIZATION"].split()[1] if user else "")
        self.headers = {"HTTP_DESK": "fragment", "HTTP_ACCEPT_LANGUAGE": language}
        if token:
            self.headers["HTTP_AUTHORIZATION"] = f"JWT {token}"

    def read(self, page: str, **query: Any) -> Any:
        return Client().get(PREFIX + page, query, **self.headers)

    def send(self, page: str, operation: str, query: str = "", **fields: Any) -> Any:
        form = {"operation": operation, **{name.replace("__", "."): value for name, value in fields.items()}}
        return Client().post(f"{PREFIX}{page}{query}", form, **self.headers)


def manager(*given: str) -> Any:
    """A member of staff with permissions, for the desk all that it asks for."""
    user = hosts.customer("manager@example.com", staff=True)
    hosts.give_rights(user.user_permissions, *(given or rights.ASKED_FOR))
    return user


def manager_again() -> Any:
    """The one who was hired before."""
    return get_user_model().objects.get(email="manager@example.com")


def text_of(answer: Any) -> str:
    return str(answer.content.decode())
