"""GraphQL for rights: which of the permissions that the plugin asks for a member of staff holds."""

from __future__ import annotations

from typing import Any

import graphene
from graphene.utils.str_converters import to_camel_case

from saleor_reciprocity import host, rights

from . import permissions, reach
from .mutations import LoyaltyMutation


class LoyaltyRight(graphene.ObjectType):
    """A permission of Saleor that fields of the plugin ask for."""

    permission = graphene.String(required=True, description="Its name, such as MANAGE_USERS.")
    is_granted = graphene.Boolean(required=True, description="Whether the request holds it.")
    opens = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="The fields that show what they show, or do what they do for others, with it only: "
        "Query.loyaltyRules and the like. It is the table by which they are refused.",
    )


class LoyaltyChannel(graphene.ObjectType):
    """A channel of the shop."""

    slug = graphene.String(required=True, description="The slug by which fields of the plugin name it.")
    currency = graphene.String(required=True, description="The channel's currency.")


class RightQueries(graphene.ObjectType):
    loyalty_channels = graphene.List(
        graphene.NonNull(LoyaltyChannel),
        required=True,
        description="The channels in which this request may act: all, but for members of staff whose groups the host "
        "limits to some. What is of another is neither shown to them nor done. Requires staff or an app.",
    )
    loyalty_rights = graphene.List(
        graphene.NonNull(LoyaltyRight),
        required=True,
        description="The permissions that the plugin asks for, and which of them this request holds. "
        "Requires staff or an app.",
    )

    @staticmethod
    def resolve_loyalty_channels(root: Any, info: Any) -> list[host.Channel]:
        with host.allow_writer():
            permissions.require_staff(info.context)
            return reach.channels(info.context)

    @staticmethod
    def resolve_loyalty_rights(root: Any, info: Any) -> list[LoyaltyRight]:
        with host.allow_writer():
            permissions.require_staff(info.context)
            return [
                LoyaltyRight(
                    permission=rights.short(one), is_granted=host.has_permission(info.context, one), opens=_opened(one)
                )
                for one in rights.ASKED_FOR
            ]


def _opened(permission: str) -> list[str]:
    queries = (f"Query.{to_camel_case(name)}" for name in permissions.OPENS[permission])
    mutations = (kind.__name__ for kind in LoyaltyMutation.__subclasses__() if kind.permission == permission)
    by_name = (f"Mutation.{name[0].lower()}{name[1:]}" for name in mutations)
    return sorted([*queries, *by_name, *permissions.WITHIN[permission]])
