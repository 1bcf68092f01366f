"""The tables of recommendations: what a training leaves behind as rows, and what customers say they like.

Products, categories and collections are the host's integers without a constraint: what the shop has deleted meanwhile
is dropped when a list is served. Scores order one list and mean nothing beside another version's.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from saleor_reciprocity.fields import BY_THE_DATABASE, JSONField, check

LONGEST_LIST = 50
MOST_NEIGHBOURS = 50
MOST_POPULAR = 100
FEWEST_PEOPLE = 2


class ModelVersion(models.Model):
    """One training and the owner of its rows. Not a log: `versions` discards all but the one that serves.

    `started_at` is the moment up to which purchases were read; what was bought later is looked at when a list is
    served. `finished_at` is set when all rows are written; a training that failed or was killed has none. At most one
    version is `serving`: an exclusion constraint of the migration, checked at the end of a statement, so that one
    UPDATE moves it. `people` is the K of the training: a pair of products counts when so many people bought both.
    `figures` is for people to read: how many customers, products and rows, seconds, the algorithm's parameters.
    """

    id = models.BigAutoField(primary_key=True)
    algorithm = models.CharField(max_length=64)
    people = models.IntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    serving = models.BooleanField(default=False)
    figures = JSONField(default=dict)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            check("reciprocity_serving_is_finished", Q(serving=False) | Q(finished_at__isnull=False)),
            check("reciprocity_finished_after_start", Q(finished_at=None) | Q(finished_at__gte=F("started_at"))),
            check("reciprocity_version_people", Q(people__gte=FEWEST_PEOPLE)),
        ]


class ListKind(models.TextChoices):
    """Which of a customer's two lists."""

    AGAIN = "again", "Products that the customer has bought and may want again, the one most due first"
    NEW = "new", "Products that the customer has never bought"


class Reason(models.TextChoices):
    """Why a product is recommended."""

    AGAIN = "again", "The customer bought it before"
    TOGETHER = "together", "People who bought another product bought it, too"
    SIMILAR = "similar", "People who buy the same things as the customer bought it"
    LIKED = "liked", "It is popular in a category or in a collection that the customer likes"
    CATEGORY = "category", "It is popular in the category of what is being looked at"
    POPULAR = "popular", "It is popular in the channel"
    RATED = "rated", "The customer gave it many stars, or another product of its category"


class CustomerList(models.Model):
    """The best products for one customer, best first: four arrays of one length, at most 50 long.

    One row of a customer, a kind and a version, because one row is read ten times as fast as fifty. `reasons` are
    values of `Reason`; `because_product_ids` has, where the reason is `together`, the product among the customer's own
    purchases that it goes with, and NULL elsewhere. A list may hold what can't be sold just now: serving decides.
    Deleting the user deletes the lists; a writer that finds its user gone (a foreign key error) leaves the user out.
    """

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=BY_THE_DATABASE, related_name="+")
    kind = models.CharField(max_length=8, choices=ListKind.choices)
    product_ids = ArrayField(models.IntegerField())
    scores = ArrayField(models.FloatField())
    reasons = ArrayField(models.CharField(max_length=16))
    because_product_ids = ArrayField(models.IntegerField(null=True))

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["version", "user", "kind"], name="reciprocity_one_list_a_kind"),
        ]


class ListedProducts(models.Model):
    """The products at the top of a customer's lists on a day, kept to see what of it is bought. Not what was looked at.

    One row a customer and week, kept as long as an order can follow from it. Who is `held_out` was not shown the list:
    a lot with the probability `share`, drawn with the first list and copied to the next; 0 where none was drawn.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=BY_THE_DATABASE, related_name="+", db_index=False)
    listed_on = models.DateField(db_index=True)
    product_ids = ArrayField(models.IntegerField())
    share = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    held_out = models.BooleanField(default=False)

    class Meta:
        app_label = "reciprocity"
        constraints = [models.UniqueConstraint(fields=["user", "listed_on"], name="reciprocity_listed_once")]


class Neighbour(models.Model):
    """That people who bought a product also bought another: at most 50 rows of a product, in one direction each.

    `score` is higher the more the two belong together; `people` is how many bought both, never fewer than the
    version's K, so that no pair tells what one person bought. An e-mail address and a user are one person.
    """

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+", db_index=False)
    product_id = models.IntegerField()
    neighbour_id = models.IntegerField()
    score = models.FloatField()
    people = models.IntegerField()

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "product_id", "neighbour_id"], name="reciprocity_neighbours_once"
            ),
            check("reciprocity_neighbour_is_another", ~Q(product_id=F("neighbour_id"))),
            check("reciprocity_neighbour_people", Q(people__gte=FEWEST_PEOPLE)),
        ]


class Popularity(models.Model):
    """How much a product is bought in a channel, by many people: the 100 best of each category, and of all.

    `category_id` is the product's category or one above it; NULL is the whole channel. `score` is higher the more
    people bought it lately; `people` is how many did, never fewer than the version's K.
    """

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+", db_index=False)
    channel_id = models.CharField(max_length=36)
    category_id = models.IntegerField(null=True)
    product_id = models.IntegerField()
    score = models.FloatField()
    people = models.IntegerField()

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(
                fields=["version", "channel_id", "category_id", "product_id"], name="reciprocity_popular_in_category"
            ),
            models.UniqueConstraint(
                fields=["version", "channel_id", "product_id"],
                condition=Q(category_id=None),
                name="reciprocity_popular_in_channel",
            ),
            check("reciprocity_popularity_people", Q(people__gte=FEWEST_PEOPLE)),
        ]


class Regard(models.Model):
    """That a product's score is `worth` less than 1 for those to whom it is new, because many people rated it low.

    `people` is how many rated it, never fewer than the version's K. Who they were is not kept.
    """

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+", db_index=False)
    product_id = models.IntegerField()
    people = models.IntegerField()
    worth = models.FloatField()

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["version", "product_id"], name="reciprocity_one_regard"),
            check("reciprocity_regard_sinks", Q(worth__gt=0, worth__lt=1)),
            check("reciprocity_regard_people", Q(people__gte=FEWEST_PEOPLE)),
        ]


class PreferenceKind(models.TextChoices):
    """What a customer has an opinion about."""

    CATEGORY = "category", "A category and all below it"
    COLLECTION = "collection", "A collection"
    PRODUCT = "product", "A product"


class Preference(models.Model):
    """What a customer said: likes or dislikes a category or collection, is not interested in a product.

    Not a guess from behaviour: that is the model's. It goes with the user.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=BY_THE_DATABASE, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=PreferenceKind.choices)
    object_id = models.IntegerField()
    liked = models.BooleanField()
    updated_at = models.DateTimeField()

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "object_id"], name="reciprocity_one_opinion"),
            check("reciprocity_products_are_not_liked", ~Q(kind="product", liked=True)),
        ]
