"""GraphQL for rights: which of the permissions that the plugin asks for a member of staff holds."""

from __future__ import annotations

from typing import Any

import graphene

from saleor_reciprocity import host

from . import permissions

ASKED_FOR = {
    name.split(".")[1].upper(): name
    for name in (
        permissions.MANAGE_USERS,
        permissions.MANAGE_ORDERS,
        permissions.MANAGE_DISCOUNTS,
        permissions.MANAGE_CHECKOUTS,
    )
}


class LoyaltyRight(graphene.ObjectType):
    """A permission of Saleor that fields of the plugin ask for."""

    permission = graphene.String(required=True, description="Its name, such as MANAGE_USERS.")
    is_granted = graphene.Boolean(required=True, description="Whether the request holds it.")


class RightQueries(graphene.ObjectType):
    loyalty_rights = graphene.List(
        graphene.NonNull(LoyaltyRight),
        required=True,
        description="The permissions that the plugin asks for, and which of them this request holds. "
        "Requires staff or an app.",
    )

    @staticmethod
    def resolve_loyalty_rights(root: Any, info: Any) -> list[LoyaltyRight]:
        with host.allow_writer():
            if not permissions.is_staff(info.context):
                raise host.PermissionDenied
            return [
                LoyaltyRight(permission=name, is_granted=host.has_permission(info.context, permission))
                for name, permission in ASKED_FOR.items()
            ]
