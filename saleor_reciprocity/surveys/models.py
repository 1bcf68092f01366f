"""The tables of surveys: who is asked about which order, the answers as they were given, and the shop's replies."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from saleor_reciprocity.fields import BY_THE_DATABASE, check
from saleor_reciprocity.points.models import Account, Entry

from .scores import CES, CSAT, NPS


class Question(models.TextChoices):
    """The question that is asked."""

    CSAT = CSAT, "Satisfaction (CSAT), 1 to 5"
    NPS = NPS, "Recommendation (NPS), 0 to 10"
    CES = CES, "Effort (CES), 1 to 7"


class State(models.TextChoices):
    """What became of an invitation."""

    WAITING = "waiting", "It waits for its time"
    INVITED = "invited", "The message was handed over"
    NO_EMAIL = "no email", "The order has no e-mail address"
    NO_CONSENT = "no consent", "The customer did not agree to be asked, or withdrew it"
    ASKED_RECENTLY = "asked recently", "The customer was asked a short time ago"
    HELD_OUT = "held out", "The customer is held out, to measure the effect of asking"
    CANCELLED = "cancelled", "The order was cancelled"
    RETURNED = "returned", "The goods, or all the money, went back"
    TOO_LATE = "too late", "Its time had passed too long ago when it was looked at"
    SWITCHED_OFF = "switched off", "Surveys were switched off when its time came"
    TOLD = "told", "The customer answered in another way before being asked"


class Way(models.TextChoices):
    """By which way an answer came."""

    MAIL = "mail", "Through the link of the message"
    LINK = "link", "Through a link that the shop handed over"
    QR = "qr", "Through a QR code that the shop handed over"
    PHONE = "phone", "Told to staff on the telephone"
    IN_PERSON = "in person", "Told to staff face to face"
    WRITTEN = "written", "Told to staff in a letter, a mail or a chat"
    API = "api", "Told to another program of the shop"
    OPEN = "open", "Through the open survey of a channel, by nobody knows whom"


HANDED_OVER = (Way.LINK, Way.QR)
TOLD = (Way.PHONE, Way.IN_PERSON, Way.WRITTEN, Way.API)


class Invitation(models.Model):
    """The one decision, for ever, whether somebody is asked about an order. Not the message: that is in the outbox.

    `due_at` is empty while the goods are not with the customer, because a shipment was cancelled.
    """

    id = models.BigAutoField(primary_key=True)
    order_id = models.CharField(max_length=36, unique=True)
    order_number = models.CharField(max_length=64)
    channel_id = models.CharField(max_length=36)
    person = models.CharField(max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=BY_THE_DATABASE, related_name="+", editable=False
    )
    language = models.CharField(max_length=35)
    question = models.CharField(max_length=8, choices=Question.choices)
    state = models.CharField(max_length=16, choices=State.choices)
    due_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    invited_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            check(
                "reciprocity_invited_at_a_time",
                Q(state="invited", invited_at__isnull=False) | ~Q(state="invited") & Q(invited_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="reciprocity_invitations_due"),
            models.Index(fields=["person"], name="reciprocity_invited_person"),
        ]


class AskedProduct(models.Model):
    """A product of the order that somebody is asked about, under the name that the customer bought it by."""

    id = models.BigAutoField(primary_key=True)
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="products", db_index=False)
    product_id = models.IntegerField(db_index=True)
    name = models.CharField(max_length=386)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["invitation", "product_id"], name="reciprocity_asked_product_once")
        ]


_ON_ITS_SCALE = (
    Q(question="csat", score__gte=1, score__lte=5)
    | Q(question="nps", score__gte=0, score__lte=10)
    | Q(question="ces", score__gte=1, score__lte=7)
)


class Answer(models.Model):
    """What a customer answered, as it was given. Not a score: scores are computed when they are read.

    It is unfinished, and nobody's business but the customer's, until `answered_at` is set; then it never changes.
    `alert_due_at` is when to call the shop's function for an unhappy answer; empty when there is nothing to call.
    `may_recommend`: the page on which it was given said that it also chooses what is suggested. `product_id` is the
    product of the order where it had no other.
    Without a `way` it came through the link of the message: so answers were kept in the first version.
    """

    id = models.BigAutoField(primary_key=True)
    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, related_name="answer")
    question = models.CharField(max_length=8, choices=Question.choices)
    score = models.IntegerField(null=True)
    comment = models.TextField(blank=True, default="")
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    entry = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    is_unhappy = models.BooleanField(default=False)
    alert_due_at = models.DateTimeField(null=True)
    way = models.CharField(max_length=16, choices=Way.choices, null=True)  # noqa: DJ001 - see above
    recorded_by = models.CharField(max_length=64, null=True)  # noqa: DJ001 - None is the customer
    may_recommend = models.BooleanField(default=False)
    product_id = models.IntegerField(null=True)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            check("reciprocity_answer_on_its_scale", Q(score=None, answered_at=None) | _ON_ITS_SCALE),
            check("reciprocity_points_for_an_answer", Q(entry=None) | Q(answered_at__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["answered_at", "id"], name="reciprocity_answers_in_time"),
            models.Index(
                fields=["alert_due_at"], condition=Q(alert_due_at__isnull=False), name="reciprocity_alerts_due"
            ),
        ]


class Rating(models.Model):
    """How many stars a customer gave to one product of the order."""

    id = models.BigAutoField(primary_key=True)
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="ratings", db_index=False)
    product_id = models.IntegerField(db_index=True)
    stars = models.IntegerField()

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["answer", "product_id"], name="reciprocity_product_rated_once"),
            check("reciprocity_one_to_five_stars", Q(stars__gte=1, stars__lte=5)),
        ]


class Reply(models.Model):
    """What the shop wrote to a customer about an answer. The same text to the same answer is the same reply."""

    id = models.BigAutoField(primary_key=True)
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="replies", db_index=False)
    text = models.TextField()
    digest = models.CharField(max_length=64, editable=False)
    actor = models.CharField(max_length=64)
    written_at = models.DateTimeField()

    class Meta:
        app_label = "reciprocity"
        constraints = [models.UniqueConstraint(fields=["answer", "digest"], name="reciprocity_reply_once")]


class DealtWith(models.Model):
    """That an answer needs no more of anybody, and who said so. Not a reply."""

    id = models.BigAutoField(primary_key=True)
    answer = models.OneToOneField(Answer, on_delete=models.PROTECT, related_name="dealt_with")
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        app_label = "reciprocity"


class Note(models.Model):
    """What staff wrote down of a conversation with a customer. Only staff read it; the customer gets it on export."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    actor = models.CharField(max_length=64)
    written_at = models.DateTimeField()

    class Meta:
        app_label = "reciprocity"


class OpenSurvey(models.Model):
    """A link to a question that anybody may answer, for one channel. It leads nowhere once another took its place."""

    id = models.BigAutoField(primary_key=True)
    channel_id = models.CharField(max_length=36)
    actor = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(
                fields=["channel_id"], condition=Q(ended_at=None), name="reciprocity_one_open_survey"
            ),
        ]


class OpenAnswer(models.Model):
    """What somebody answered to an open survey. Nothing says who it was: not the moment, only the day (UTC), and not
    the order in which answers came, because the number is drawn from the form that was sent.
    """

    id = models.BigIntegerField(primary_key=True)
    survey = models.ForeignKey(OpenSurvey, on_delete=models.PROTECT, related_name="answers", db_index=False)
    channel_id = models.CharField(max_length=36)
    question = models.CharField(max_length=8, choices=Question.choices)
    score = models.IntegerField()
    comment = models.TextField(blank=True, default="")
    answered_on = models.DateField()

    class Meta:
        app_label = "reciprocity"
        constraints = [check("reciprocity_open_answer_on_its_scale", _ON_ITS_SCALE)]
        indexes = [models.Index(fields=["answered_on", "id"], name="reciprocity_open_answers")]


class OpenCount(models.Model):
    """How many open answers came in one hour from one place, or altogether; `digest` stands for hour and place."""

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    hour = models.DateTimeField(db_index=True)
    answers = models.IntegerField()

    class Meta:
        app_label = "reciprocity"
