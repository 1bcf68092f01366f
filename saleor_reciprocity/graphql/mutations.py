"""The base of our mutations: typed errors instead of exceptions, permissions, and the primary database."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import graphene
from django.utils.translation import gettext as _
from graphene.utils.str_converters import to_camel_case

from saleor_reciprocity import errors, host

from . import costs, permissions
from .failures import discreet
from .texts import unwritable


def _codes() -> list[tuple[str, str]]:
    codes = {errors.ReciprocityError.code, *(case.code for case in errors.ReciprocityError.__subclasses__())}
    return [(code, code) for code in sorted(codes)]


LoyaltyErrorCode = graphene.Enum("LoyaltyErrorCode", _codes())


class LoyaltyError(graphene.ObjectType):
    """Why a loyalty mutation was refused."""

    field = graphene.String(description="The input field that caused the error, if one did.")
    message = graphene.String(description="What is wrong and what to do about it.")
    code = LoyaltyErrorCode(description="The error code.", required=True)


def _refuse_unwritable(arguments: dict[str, Any]) -> None:
    given = arguments.get("input") if isinstance(arguments.get("input"), dict) else arguments
    name = unwritable(given or {}) or unwritable(arguments)
    if name is not None:
        raise errors.Invalid(_("This holds a character or a number that can't be stored."), field=to_camel_case(name))


class LoyaltyMutation(graphene.Mutation):
    """A mutation that says in `errors` what it refuses. Subclasses define `perform`, and `permission` if needed."""

    permission: str | None = None

    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(cls, **options: Any) -> None:
        super().__init_subclass_with_meta__(**options)
        cls._meta.fields["errors"] = graphene.Field(
            graphene.NonNull(graphene.List(graphene.NonNull(LoyaltyError))),
            description="Why the request was refused; empty when it was done.",
        )

    @classmethod
    @discreet
    def mutate(cls, root: Any, info: Any, **arguments: Any) -> Any:
        with host.writing(info.context):
            if host.signed_in_by_cookie(info.context):
                raise host.PermissionDenied
            if cls.permission is not None:
                permissions.require(info.context, cls.permission)
            try:
                costs.spend(info.context, costs.MUTATION, {})
                _refuse_unwritable(arguments)
                return cls(**{"errors": [], **cls.perform(info, **arguments)})
            except errors.ReciprocityError as error:
                refusal = LoyaltyError(field=error.field, message=error.message, code=error.code)
                return cls(errors=[refusal])

    @classmethod
    @abstractmethod
    def perform(cls, info: Any, **arguments: Any) -> dict[str, Any]:
        """Do it, and return the payload's fields. Raises a ReciprocityError to refuse."""
