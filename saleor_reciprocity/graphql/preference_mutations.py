"""GraphQL for customers to say what they like, dislike and are not interested in."""

from __future__ import annotations

from typing import Any, Iterable, Sequence

import graphene
from django.utils import timezone
from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host
from saleor_reciprocity.recommendations import preferences

from .mutations import LoyaltyMutation
from .preferences import TYPES, LoyaltyPreference
from .scalars import row_id

MOST_IDS = 100


class PreferencesUpdateInput(graphene.InputObjectType):
    like = graphene.List(graphene.NonNull(graphene.ID), description="IDs of categories and collections to see more of.")
    dislike = graphene.List(
        graphene.NonNull(graphene.ID), description="IDs of categories and collections to see nothing of."
    )
    not_interested = graphene.List(
        graphene.NonNull(graphene.ID), description="IDs of products that are never to be recommended."
    )
    clear = graphene.List(
        graphene.NonNull(graphene.ID), description="IDs of categories, collections and products without an opinion."
    )


class PreferencesUpdate(LoyaltyMutation):
    """Say what you like and what not. What is not mentioned stays as it is."""

    class Arguments:
        input = PreferencesUpdateInput(required=True, description=f"At most {MOST_IDS} IDs.")

    preferences = graphene.List(
        graphene.NonNull(LoyaltyPreference), description="All preferences after the update, the newest first."
    )

    @classmethod
    def perform(cls, info: Any, **arguments: Any) -> dict[str, Any]:
        given: dict[str, Sequence[str]] = {name: ids or () for name, ids in arguments["input"].items()}
        if sum(len(ids) for ids in given.values()) > MOST_IDS:
            raise errors.Invalid(_("Send at most %(most)s IDs at once.") % {"most": MOST_IDS})
        user = host.current_user(info.context)
        if user is None:
            raise errors.SignInRequired(_("Sign in to keep preferences."))
        subjects = {name: _subjects(name, ids) for name, ids in given.items()}
        every = [subject for found in subjects.values() for subject in found]
        if len(set(every)) < len(every):
            raise errors.Invalid(_("Name each category, collection and product once."))
        liked = dict.fromkeys(subjects.get("like", ()), True)
        disliked = dict.fromkeys([*subjects.get("dislike", ()), *subjects.get("not_interested", ())], False)
        preferences.update(user.pk, {**liked, **disliked}, subjects.get("clear", ()), timezone.now())
        return {"preferences": preferences.of(user.pk)}


_ALLOWED = {
    "like": ("Category", "Collection"),
    "dislike": ("Category", "Collection"),
    "not_interested": ("Product",),
    "clear": ("Category", "Collection", "Product"),
}


def _subjects(name: str, ids: Iterable[str]) -> list[preferences.Subject]:
    return [_subject(given, _ALLOWED[name], "notInterested" if name == "not_interested" else name) for given in ids]


def _subject(given: str, allowed: Sequence[str], field: str) -> preferences.Subject:
    for type_name in allowed:
        try:
            key = row_id(type_name, given, field)
        except errors.NotFound:
            continue
        if key < 2**31:
            return TYPES[type_name], key
    raise errors.NotFound(field=field)


class PreferenceMutations(graphene.ObjectType):
    preferences_update = PreferencesUpdate.Field(
        description="Say what you like and what not. What is not mentioned stays as it is."
    )
