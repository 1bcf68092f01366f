"""What another site can make a browser send, and what a forged Host header can do: nothing, with the real client."""

from __future__ import annotations

import json
import re
from typing import Any

import graphene
import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from saleor_reciprocity import messages
from saleor_reciprocity.mail import unsubscribing
from saleor_reciprocity.mail.models import CommunicationChoice, Mail
from saleor_reciprocity.points.models import Entry
from saleor_reciprocity.rewards.models import Redemption

from .. import hosts
from ..graphql.asking import standard_reward
from ..mail.conftest import post  # noqa: F401 - a fixture
from ..mail.mails import redeemed
from ..points.programmes import earned


def mutations(customer: Any) -> dict[str, str]:
    user = graphene.Node.to_global_id("User", customer.pk)
    reward = graphene.Node.to_global_id("LoyaltyReward", standard_reward())
    return {
        "pointsRedeem": f'pointsRedeem(input: {{rewardId: "{reward}", idempotencyKey: "k"}}) {{ errors {{ code }} }}',
        "loyaltyPointsAdjust": f'loyaltyPointsAdjust(input: {{userId: "{user}", points: 9, reason: "r", '
        'idempotencyKey: "k"}) { errors { code } }',
        "communicationPreferencesUpdate": "communicationPreferencesUpdate(input: [{kind: SURVEY, wanted: true}]) "
        "{ errors { code } }",
    }


FORMS = ("get", "form", "multipart", "text", "multipart with operations")


def sent(client: Client, form: str, mutation: str) -> Any:
    """A request that a browser sends for another site without asking ours first."""
    query = f"mutation {{ {mutation} }}"
    if form == "get":
        return client.get("/graphql/", {"query": query})
    if form == "form":
        body = f"query={query}".replace(" ", "%20").replace("&", "%26")
        return client.post("/graphql/", body, content_type="application/x-www-form-urlencoded")
    if form == "multipart":
        return client.post("/graphql/", {"query": query})
    if form == "text":
        return client.post("/graphql/", json.dumps({"query": query}), content_type="text/plain")
    return client.post("/graphql/", {"operations": json.dumps({"query": query, "variables": {}}), "map": "{}"})


@pytest.mark.parametrize("form", FORMS)
def test_a_session_cookie_alone_changes_nothing(form: str, programme_on: Any, customer: Any) -> None:
    """A customer who may do everything, with every cookie by which a browser could have been signed in."""
    earned(customer)
    get_user_model().objects.filter(pk=customer.pk).update(is_superuser=True, is_staff=True)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)  # Saleor 2 has no page to show for a GET
    token = hosts.as_user(get_user_model().objects.get(pk=customer.pk)).headers["HTTP_AUTHORIZATION"].split()[-1]
    for cookie in ("sessionid", "csrftoken", "refreshToken", "token", "JWT", "JWT-refresh-token"):
        client.cookies[cookie] = token
    before = Entry.objects.count()
    for name, mutation in mutations(customer).items():
        answer = sent(client, form, mutation)
        assert b'"errors": []' not in answer.content.replace(b'"errors":[]', b'"errors": []'), (name, answer.content)
    assert (Entry.objects.count(), Redemption.objects.count(), CommunicationChoice.objects.count()) == (before, 0, 0)


def test_the_same_mutations_work_with_the_header(programme_on: Any, customer: Any) -> None:
    earned(customer)
    get_user_model().objects.filter(pk=customer.pk).update(is_superuser=True, is_staff=True)
    client = hosts.as_user(get_user_model().objects.get(pk=customer.pk))
    for name, mutation in mutations(customer).items():
        assert client.data(f"mutation {{ {mutation} }}")[name]["errors"] == []


def test_a_forged_host_leads_no_link_elsewhere(
    post: Any,  # noqa: F811
    programme_on: Any,
    customer: Any,
    settings: Any,
) -> None:
    """Links are of the shop's own address, whatever the request says that was answered just before."""
    settings.ALLOWED_HOSTS = ["*"]
    hosts.site_of_shop(domain="shop.example")
    redeemed(customer)
    forged = dict.fromkeys(("HTTP_HOST", "HTTP_X_FORWARDED_HOST", "HTTP_X_ORIGINAL_HOST"), "evil.example")
    answer = Client().post("/graphql/", {"query": "{ shop { name } }"}, content_type="application/json", **forged)
    assert b"evil.example" not in answer.content
    messages.send(timezone.now())
    (mail,) = post.accepted
    text = "".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")
    assert set(re.findall(r"https?://([^/\s\"<>]+)", text)) == {"shop.example"}
    assert "evil.example" not in mail.as_string()
    for page, address in unsubscribing.addresses(Mail.objects.get(), timezone.now()).items():
        assert "://shop.example/" in address
        path = "/" + address.split("://", 1)[1].split("/", 1)[1]
        for method in ("get", "post"):
            answer = getattr(Client(), method)(path, **forged)
            assert answer.status_code == 200, page
            assert "evil.example" not in answer.content.decode() + str(answer.items())
