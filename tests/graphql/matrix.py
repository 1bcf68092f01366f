"""The matrix: who is served by which field of the API, and a request for each."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.points import adjustments
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Redemption
from saleor_reciprocity.surveys import open_surveys
from saleor_reciprocity.surveys.models import OpenAnswer
from saleor_reciprocity.surveys.responses import Given

from .. import hosts
from ..points.programmes import earned, ladder, rule
from ..rewards.services import redeemed_by, service
from ..surprises.shop import campaign
from ..surveys.shop import an_answer, to_be_asked
from .asking import order_query, standard_reward

CALLERS = ("nobody", "owner", "other", "staff", "manager", "app", "bare app")

# Field of the API: the callers who are served. "manager" and "app" hold the permissions, "staff" and "bare app" none.
MATRIX = {
    "Query.loyaltyRules": ("manager", "app"),
    "Query.loyaltyBonuses": ("manager", "app"),
    "Query.loyaltyNamed": ("manager", "app"),
    "Query.loyaltyTiers": CALLERS,
    "Query.loyaltyPointsName": CALLERS,
    "Query.loyaltyTiersBefore": ("manager", "app"),
    "Checkout.loyalty": ("owner", "manager", "app"),
    "Mutation.loyaltyRuleCreate": ("manager", "app"),
    "Mutation.loyaltyRuleUpdate": ("manager", "app"),
    "Mutation.loyaltyRuleEnd": ("manager", "app"),
    "Mutation.loyaltyRuleSimulate": ("manager", "app"),
    "Mutation.loyaltyBonusGive": ("manager", "app"),
    "Mutation.loyaltyTiersSet": ("manager", "app"),
    "Mutation.loyaltyPointsAdjust": ("manager", "app"),
    "Mutation.loyaltyAdjustmentReverse": ("manager", "app"),
    "Mutation.loyaltyAccountsMerge": ("manager", "app"),
    "Mutation.loyaltyCustomerErase": ("manager", "app"),
    "Query.loyaltyRewards": CALLERS,
    "Query.loyaltyAccount": ("manager", "app"),
    "Query.loyaltyChannels": ("staff", "manager", "app", "bare app"),
    "Query.loyaltyRights": ("staff", "manager", "app", "bare app"),
    "Query.communicationMessages": ("manager", "app"),
    "Query.communicationPreview": ("manager", "app"),
    "Query.communicationSending": ("manager", "app"),
    "Mutation.communicationPause": ("manager", "app"),
    "Mutation.communicationTest": ("manager",),
    "Mutation.loyaltyNoteAdd": ("manager", "app"),
    "Mutation.loyaltyNoteDelete": ("manager", "app"),
    "Mutation.surveyAnswerDealWith": ("manager", "app"),
    "Mutation.surveyAnswerRecord": ("manager", "app"),
    "Mutation.communicationPreferencesUpdate": ("owner", "other", "staff", "manager"),
    "User.loyalty": ("owner", "manager", "app"),
    "Order.loyalty": ("owner", "manager", "app"),
    "Order.surprise": ("owner", "manager", "app"),
    "Query.surpriseProofs": CALLERS,
    "Query.surpriseCampaigns": ("manager", "app"),
    "Query.loyaltyHoldoutPower": ("manager", "app"),
    "Query.loyaltyReport": ("manager", "app"),
    "Query.loyaltyEvents": ("manager", "app"),
    "Query.loyaltyHealth": ("manager", "app"),
    "Query.loyaltySettings": ("manager", "app"),
    "Mutation.loyaltySettingsUpdate": ("manager", "app"),
    "Mutation.loyaltySettingsCopy": ("manager", "app"),
    "Query.loyaltyProgrammes": ("manager", "app"),
    "Query.loyaltyExamples": ("manager", "app"),
    "Mutation.loyaltyExampleApply": ("manager", "app"),
    "Mutation.surpriseCampaignCreate": ("manager", "app"),
    "Mutation.surpriseCampaignUpdate": ("manager", "app"),
    "Mutation.surpriseCampaignEnd": ("manager", "app"),
    "Order.surveyAnswer": ("manager", "app"),
    "Query.surveyAnswers": ("manager", "app"),
    "Query.surveyAnswersCsv": ("manager", "app"),
    "Query.surveyInvitations": ("manager", "app"),
    "Query.surveyScores": ("manager", "app"),
    "Query.surveyOpenAnswers": ("manager", "app"),
    "Query.surveyOpenLinks": ("manager", "app"),
    "Mutation.surveyLinkCreate": ("manager", "app"),
    "Mutation.surveyOpenCommentDelete": ("manager", "app"),
    "Mutation.surveyOpenLinkCreate": ("manager", "app"),
    "Mutation.surveyOpenLinkEnd": ("manager", "app"),
    "Mutation.surveyAnswerReply": ("manager", "app"),
    "Query.recommendations": CALLERS,
    "Mutation.preferencesUpdate": ("owner", "other", "staff", "manager"),
    "Mutation.pointsRedeem": ("owner",),
    "Mutation.pointsRedemptionCancel": ("owner", "manager", "app"),
    "Mutation.loyaltyRewardCreate": ("manager", "app"),
    "Mutation.loyaltyRewardUpdate": ("manager", "app"),
    "Mutation.loyaltyRewardEnd": ("manager", "app"),
    "Mutation.loyaltyRewardCodesUpload": ("manager", "app"),
    "Query.loyaltyServices": ("manager", "app"),
    "Mutation.loyaltyServiceFinish": ("manager", "app"),
    "Mutation.loyaltyServiceCancel": ("manager", "app"),
}


def entity(type_name: str, key: Any) -> str:
    """A way to reach any row of a type that is open to everybody."""
    global_id = graphene.Node.to_global_id(type_name, key)
    return f'_entities(representations: [{{__typename: "{type_name}", id: "{global_id}"}}])'


def served(answer: dict[str, Any]) -> bool:
    """Whether the answer holds anything but a refusal."""
    if answer.get("errors") or not answer.get("data"):
        return False
    (value,) = answer["data"].values()
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict) and "errors" in value:
        return not value["errors"]
    if isinstance(value, dict) and "loyalty" in value:
        value = value["loyalty"]
    elif isinstance(value, dict) and "surprise" in value:
        value = value["surprise"]
    elif isinstance(value, dict) and "surveyAnswer" in value:
        value = value["surveyAnswer"]
    return value is not None


def queries_of(customer: Any) -> dict[str, str]:
    """What asks for each field, in a shop that has everything."""
    hosts.configure(hosts.open_channel(), holdout_share="0")
    ladder(("bronze", 10, "1"))
    ladder(("silver", 50, "1"))
    running = graphene.Node.to_global_id("SurpriseCampaign", campaign(hosts.open_channel()).pk)
    order = earned(customer)
    reward = graphene.Node.to_global_id("LoyaltyReward", standard_reward())
    user = graphene.Node.to_global_id("User", customer.pk)
    answer = _answer(order, customer)
    create = 'kind: VOUCHER, name: "Five", points: 50, value: 5'
    guest = adjustments.adjust(
        host.person_with_email("guest@example.com"), 5, "a gift", "", "a key", now=timezone.now()
    )
    running_rule = _rule("multiplier", "2")
    return {
        "Query.loyaltyRules": "{ loyaltyRules { edges { node { id } } } }",
        "Query.loyaltyPointsName": "{ loyaltyPointsName { other } }",
        "Query.loyaltyTiers": "{ loyaltyTiers { tiers { code } } }",
        "Query.loyaltyTiersBefore": "{ loyaltyTiersBefore { tiers { code } } }",
        "Query.loyaltyBonuses": "{ loyaltyBonuses { ruleId } }",
        "Query.loyaltyNamed": "{ loyaltyNamed(kind: GROUP) { id } }",
        "Checkout.loyalty": _checkout_query(customer),
        "Mutation.loyaltyRuleCreate": f"mutation {{ loyaltyRuleCreate(input: {{{RULE}}}) {DONE}",
        "Mutation.loyaltyRuleUpdate": f'mutation {{ loyaltyRuleUpdate(id: "{running_rule}", '
        f"input: {{priority: 3}}) {DONE}",
        "Mutation.loyaltyRuleEnd": f'mutation {{ loyaltyRuleEnd(id: "{running_rule}") {DONE}',
        "Mutation.loyaltyRuleSimulate": f"mutation {{ loyaltyRuleSimulate(input: {{{RULE}}}) {DONE}",
        "Mutation.loyaltyBonusGive": f'mutation {{ loyaltyBonusGive(input: {{ruleId: "{_rule("bonus", "9", "staff")}", '
        f'userId: "{user}", reason: "Sorry", idempotencyKey: "k"}}) {DONE}',
        "Mutation.loyaltyTiersSet": "mutation { loyaltyTiersSet(input: {downgrade: NEVER, tiers: "
        f'[{{code: "gold", name: "Gold", threshold: 9}}]}}) {DONE}',
        "Mutation.loyaltyPointsAdjust": f'mutation {{ loyaltyPointsAdjust(input: {{userId: "{user}", points: 5, '
        'reason: "a gift", idempotencyKey: "k"}) { entry { points } errors { code } } }',
        "Mutation.loyaltyAdjustmentReverse": "mutation { loyaltyAdjustmentReverse("
        f'id: "{graphene.Node.to_global_id("LoyaltyEntry", guest.pk)}", reason: "wrong") '
        "{ entry { points } errors { code } } }",
        "Mutation.loyaltyAccountsMerge": f'mutation {{ loyaltyAccountsMerge(userId: "{user}", '
        'fromEmail: "guest@example.com") { account { available } errors { code } } }',
        "Mutation.loyaltyCustomerErase": f'mutation {{ loyaltyCustomerErase(userId: "{user}") '
        "{ orders errors { code } } }",
        "Query.loyaltyRewards": "{ loyaltyRewards { edges { node { id } } } }",
        "Query.loyaltyChannels": "{ loyaltyChannels { slug } }",
        "Query.loyaltyRights": "{ loyaltyRights { permission isGranted } }",
        "Query.loyaltyAccount": f'{{ loyaltyAccount(userId: "{user}") {{ available }} }}',
        "Query.communicationMessages": "{ communicationMessages { totalCount } }",
        "Query.communicationPreview": "{ communicationPreview(kind: EXPIRY) { subject } }",
        "Query.communicationSending": "{ communicationSending { isPaused } }",
        "Mutation.communicationPause": f"mutation {{ communicationPause(isPaused: true) {DONE}",
        "Mutation.communicationTest": f"mutation {{ communicationTest(kind: EXPIRY) {DONE}",
        "Mutation.loyaltyNoteAdd": f'mutation {{ loyaltyNoteAdd(userId: "{user}", text: "Called") {DONE}',
        "Mutation.loyaltyNoteDelete": f'mutation {{ loyaltyNoteDelete(id: "{NOTE}") {DONE}',
        "Mutation.surveyAnswerDealWith": f'mutation {{ surveyAnswerDealWith(id: "{answer}", isDone: true) {DONE}',
        "Mutation.surveyAnswerRecord": f'mutation {{ surveyAnswerRecord(input: {{invitationId: "{_invitation()}", '
        f"score: 3, way: PHONE}}) {DONE}",
        "Mutation.communicationPreferencesUpdate": "mutation { communicationPreferencesUpdate("
        "input: [{kind: SURVEY, wanted: true}]) { preferences { kind } errors { code } } }",
        "User.loyalty": f'{{ user(id: "{user}") {{ loyalty {{ available }} }} }}',
        "Order.loyalty": order_query(order, "loyalty { earned }"),
        "Order.surprise": order_query(order, "surprise { kind }"),
        "Order.surveyAnswer": order_query(order, "surveyAnswer { score }"),
        "Query.surveyAnswers": "{ surveyAnswers { edges { node { id } } } }",
        "Query.surveyAnswersCsv": "{ surveyAnswersCsv }",
        "Query.surveyInvitations": "{ surveyInvitations { state } }",
        "Query.surveyScores": "{ surveyScores(measure: CSAT) { value } }",
        "Query.surveyOpenAnswers": "{ surveyOpenAnswers { totalCount } }",
        "Query.surveyOpenLinks": "{ surveyOpenLinks { address } }",
        "Mutation.surveyLinkCreate": f'mutation {{ surveyLinkCreate(orderId: "{_not_asked(customer)}") {DONE}',
        "Mutation.surveyOpenCommentDelete": f'mutation {{ surveyOpenCommentDelete(id: "{_open_answer()}") {DONE}',
        "Mutation.surveyOpenLinkCreate": f"mutation {{ surveyOpenLinkCreate {DONE}",
        "Mutation.surveyOpenLinkEnd": f"mutation {{ surveyOpenLinkEnd {DONE}",
        "Mutation.surveyAnswerReply": f'mutation {{ surveyAnswerReply(id: "{answer}", text: "Thanks") '
        "{ reply { id } errors { code } } }",
        "Query.surpriseProofs": "{ surpriseProofs { edges { node { secretHash } } } }",
        "Query.surpriseCampaigns": "{ surpriseCampaigns { edges { node { id } } } }",
        "Query.loyaltyHoldoutPower": "{ loyaltyHoldoutPower { customers } }",
        "Query.loyaltyReport": "{ loyaltyReport { title } }",
        "Query.loyaltyEvents": "{ loyaltyEvents { edges { node { kind } } } }",
        "Query.loyaltyHealth": "{ loyaltyHealth { name } }",
        "Query.loyaltySettings": "{ loyaltySettings { isActive } }",
        "Mutation.loyaltySettingsUpdate": f"mutation {{ loyaltySettingsUpdate(input: {{returnWindowDays: 3}}) {DONE}",
        "Mutation.loyaltySettingsCopy": 'mutation { loyaltySettingsCopy(origin: "default-channel", '
        f'channel: "default-channel") {DONE}',
        "Query.loyaltyProgrammes": "{ loyaltyProgrammes { isActive } }",
        "Query.loyaltyExamples": "{ loyaltyExamples { orders } }",
        "Mutation.loyaltyExampleApply": f"mutation {{ loyaltyExampleApply(example: POINTS, replace: true) {DONE}",
        "Mutation.surpriseCampaignCreate": "mutation { surpriseCampaignCreate(input: {"
        'name: "Spring", probability: 0.1, budget: {total: 9}, prizes: [{kind: VOUCHER, name: "One", value: 1}]}) '
        "{ campaign { id } errors { code } } }",
        "Mutation.surpriseCampaignUpdate": f'mutation {{ surpriseCampaignUpdate(id: "{running}", '
        'input: {reason: "Thanks"}) { campaign { id } errors { code } } }',
        "Mutation.surpriseCampaignEnd": f'mutation {{ surpriseCampaignEnd(id: "{running}") '
        "{ campaign { id } errors { code } } }",
        "Query.recommendations": "{ recommendations { edges { node { score } } } }",
        "Mutation.preferencesUpdate": "mutation { preferencesUpdate(input: {like: []}) "
        "{ preferences { liked } errors { code } } }",
        "Mutation.pointsRedeem": f'mutation {{ pointsRedeem(input: {{rewardId: "{reward}", idempotencyKey: "k"}}) '
        "{ redemption { code } errors { code } } }",
        "Mutation.pointsRedemptionCancel": f'mutation {{ pointsRedemptionCancel(id: "{_redemption(customer)}") '
        "{ redemption { code } errors { code } } }",
        "Mutation.loyaltyRewardCreate": f"mutation {{ loyaltyRewardCreate(input: {{{create}}}) "
        "{ reward { id } errors { code } } }",
        "Mutation.loyaltyRewardUpdate": f'mutation {{ loyaltyRewardUpdate(id: "{_own_reward()}", '
        "input: {points: 7}) { reward { id } errors { code } } }",
        "Mutation.loyaltyRewardEnd": f'mutation {{ loyaltyRewardEnd(id: "{_own_reward()}") '
        "{ reward { id } errors { code } } }",
        "Mutation.loyaltyRewardCodesUpload": "mutation { loyaltyRewardCodesUpload("
        f'id: "{graphene.Node.to_global_id("LoyaltyReward", service().pk)}", codes: "A-1") {DONE}',
        "Query.loyaltyServices": "{ loyaltyServices { edges { node { id } } } }",
        "Mutation.loyaltyServiceFinish": f'mutation {{ loyaltyServiceFinish(id: "{_service(customer)}") {DONE}',
        "Mutation.loyaltyServiceCancel": f'mutation {{ loyaltyServiceCancel(id: "{_service(customer)}", '
        f'reason: "No") {DONE}',
    }


NOTE = graphene.Node.to_global_id("LoyaltyNote", 1)


RIGHTS = "{ loyaltyRights { permission opens } }"


RULE = 'name: "Double", effect: MULTIPLIER, value: 2'


DONE = "{ errors { code } } }"


def _rule(effect: str, value: str, trigger: str = "order") -> str:
    made = rule(effect, value, trigger=trigger)
    return str(graphene.Node.to_global_id("LoyaltyRule", made.rule_id))


def _checkout_query(customer: Any) -> str:
    checkout = hosts.checkout(customer, "10")
    if hosts.MULTI_CHANNEL:
        return f'{{ checkout(id: "{graphene.Node.to_global_id("Checkout", checkout.pk)}") {{ loyalty {{ points }} }} }}'
    return f'{{ checkout(token: "{checkout.token}") {{ loyalty {{ points }} }} }}'


def _answer(order: Any, customer: Any) -> str:
    answer = an_answer(host.order_id(order), customer)
    return str(graphene.Node.to_global_id("SurveyAnswer", answer.pk))


def _invitation() -> str:
    made = to_be_asked()
    return str(graphene.Node.to_global_id("SurveyInvitation", made.pk))


def _not_asked(customer: Any) -> str:
    hosts.configure(hosts.open_channel(), survey_question="csat", survey_holdout_share="0")
    return str(graphene.Node.to_global_id("Order", hosts.order(customer, [("9", 1)]).pk))


def _open_answer() -> str:
    channel, now = hosts.open_channel(), timezone.now()
    survey = open_surveys.begin(channel.id, "user:1", now)
    assert open_surveys.take(survey, "csat", Given(3), "a form", "here", now)
    return str(graphene.Node.to_global_id("SurveyOpenAnswer", OpenAnswer.objects.get().pk))


def _redemption(customer: Any) -> str:
    made = redemption.redeem(host.person(customer), standard_reward(), "a redemption", now=timezone.now())
    return str(graphene.Node.to_global_id("LoyaltyRedemption", made.pk))


def _service(customer: Any) -> str:
    """A service that is open, for whoever asks first."""
    made = Redemption.objects.filter(kind="service").first() or redeemed_by(customer, service(points=1), "a service")
    return str(graphene.Node.to_global_id("LoyaltyRedemption", made.pk))


def _own_reward() -> str:
    from decimal import Decimal

    from saleor_reciprocity.rewards import catalogue

    made = catalogue.create(hosts.open_channel(), "voucher", "Ten", 10, Decimal(1))
    return str(graphene.Node.to_global_id("LoyaltyReward", made.pk))
