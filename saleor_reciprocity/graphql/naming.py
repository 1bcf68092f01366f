"""Naming: the one way in which a request names a person: by the user's id, or by an e-mail address."""

from __future__ import annotations

from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host, identity

from .scalars import row_id


def person_named(
    user_id: str | None, email: str | None, *, id_field: str = "userId", email_field: str = "email"
) -> host.Person:
    """The person that exactly one of two arguments names. Raises Invalid or NotFound, at the argument that was sent."""
    if user_id and email:
        raise errors.Invalid(_("Name the person by the user's ID or by the address, not by both."), field=email_field)
    if user_id:
        return _with_id(user_id, id_field)
    if not email:
        raise errors.Invalid(_("Name a person by the user's ID or by the address."), field=id_field)
    try:
        return host.person_with_email(identity.address(email))
    except errors.Invalid as error:
        raise errors.Invalid(error.message, field=email_field) from None


def _with_id(user_id: str, field: str) -> host.Person:
    user = host.user_with_id(row_id("User", user_id, field))
    if user is None:
        raise errors.NotFound(field=field)
    return host.person(user)
