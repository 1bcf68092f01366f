"""Every sentence of the report, word by word, in English and Chinese, and the state that leads to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from saleor_reciprocity.experiments.evidence import GIFT, HARMS, SURVEY, WORKS, Arms, Evaluation, Interval, Verdict
from saleor_reciprocity.reports import layout, sentences, withheld, wording
from saleor_reciprocity.reports.values import Lists, Mark, Question, State

from . import samples
from .samples import UNTIL, harms, none_found, none_yet, noted, question, works, works_as_planned
from .samples import withheld as not_concluded

DILUTED = (
    "One order in ten wins, so the whole programme can move at most a tenth of what a gift does. "
    "Look at the gift question first."
)
UNEXPLAINED = " Nothing is concluded until this is explained."

SAID: dict[str, tuple[Question, str]] = {
    "works, watch": (
        works(),
        "It works. Of 1,532 customers followed for 90 days, those who could be surprised came back 8.6 points more "
        "often than those held out (between 2.8 and 14.3). First certain on 3 May.",
    ),
    "works, planned": (
        works_as_planned(),
        "It works. In the evaluation fixed beforehand for 14 March (5,012 customers): 5.1 points more often "
        "(1.5 to 8.7). This figure no longer changes.",
    ),
    "none yet": (
        none_yet(),
        "No conclusion yet. So far between 1.1 points less and 10.3 more. With the 5,000 customers expected by "
        "14 March, an effect of 4.9 points or more will show in 8 of 10 cases; a smaller one may exist and stay "
        "unseen.",
    ),
    "none yet, and none could show": (
        replace(none_yet(), smallest=None),
        "No conclusion yet. So far between 1.1 points less and 10.3 more. With the 5,000 customers expected by "
        "14 March, no effect would show in 8 of 10 cases.",
    ),
    "none at evaluation": (
        none_found(),
        "No effect of 4.9 points or more was found. That does not prove that there is none: between 1.1 less and "
        "4.0 more.",
    ),
    "harms": (
        harms(),
        "It drives customers away: 5.2 points less often (1.4 to 9.1 less). First certain on 3 May. "
        "Consider switching it off.",
    ),
    "harms, planned": (
        question(state=State.HARMS, evaluation=Evaluation(-0.052, Interval(-0.091, -0.014), 5012)),
        "It drives customers away. In the evaluation fixed beforehand for 14 March (5,012 customers): 5.2 points less "
        "often (1.4 to 9.1 less). This figure no longer changes. Consider switching it off.",
    ),
    "diluted": (
        replace(none_yet(), win_probability=0.1, today=None, plan=None),
        f"No conclusion yet. {DILUTED}",
    ),
    "diluted, another share": (
        replace(none_yet(), win_probability=0.25, today=None, plan=None),
        "No conclusion yet. 25% of orders win, so the whole programme can move at most 25% of what a gift does. "
        "Look at the gift question first.",
    ),
    "immature": (samples.immature(), "The first customers complete their 90 days on 2 July."),
    "not started": (question(state=State.NOT_STARTED), "Nobody takes part in this question yet."),
    "changed": (
        samples.changed(),
        "First certain on 3 May; since then the difference has narrowed and today’s interval includes zero. "
        "So far between 0.2 points less and 6.2 more.",
    ),
    "works, both": (
        replace(works(), evaluation=Evaluation(0.051, Interval(0.015, 0.087), 5012)),
        "It works. In the evaluation fixed beforehand for 14 March (5,012 customers): 5.1 points more often "
        "(1.5 to 8.7). This figure no longer changes. It works. Of 1,532 customers followed for 90 days, those who "
        "could be surprised came back 8.6 points more often than those held out (between 2.8 and 14.3). "
        "First certain on 3 May.",
    ),
    "gift works": (
        replace(works(), name=GIFT, today=Interval(0.05, 0.12)),
        "It works. Of 1,532 customers followed for 90 days, those whose first draw won came back 8.6 points more often "
        "than those whose first draw was a blank (between 5.0 and 12.0). First certain on 3 May.",
    ),
    "survey works": (
        replace(works(), name=SURVEY, today=Interval(0.05, 0.12)),
        "It works. Of 1,532 customers followed for 90 days, those who could be asked came back 8.6 points more often "
        "than those never asked (between 5.0 and 12.0). First certain on 3 May.",
    ),
    "another year": (
        replace(works(), verdicts=(Verdict(WORKS, date(2025, 12, 24)),)),
        "It works. Of 1,532 customers followed for 90 days, those who could be surprised came back 8.6 points more "
        "often than those held out (between 2.8 and 14.3). First certain on 24 December 2025.",
    ),
    "so far above zero": (
        replace(none_yet(), today=Interval(0.01, 0.05), plan=None),
        "No conclusion yet. So far between 1.0 and 5.0 points more.",
    ),
    "so far below zero": (
        replace(none_yet(), today=Interval(-0.05, -0.01), plan=None),
        "No conclusion yet. So far between 1.0 and 5.0 points less.",
    ),
    "erased": (
        replace(none_yet(), today=None, plan=None, erased=1),
        "No conclusion yet. 1 customer was erased meanwhile and stays in the counts.",
    ),
    "several erased": (
        replace(none_yet(), today=None, plan=None, erased=3),
        "No conclusion yet. 3 customers were erased meanwhile and stay in the counts.",
    ),
    "ratio": (
        not_concluded("ratio", count=850, of=4850, expected=970),
        "Withheld: 850 of 4,850 customers are among those held out where about 970 should be. Rows are missing "
        "or were changed." + UNEXPLAINED,
    ),
    "draws": (
        not_concluded("reproducible", count=2),
        "Withheld: 2 decisions do not follow from the key that made them. They were changed." + UNEXPLAINED,
    ),
    "one draw": (
        not_concluded("reproducible", count=1),
        "Withheld: 1 decision does not follow from the key that made it. It was changed." + UNEXPLAINED,
    ),
    "complete": (
        not_concluded("complete", count=12),
        "Withheld: 12 rows that have to be there are missing." + UNEXPLAINED,
    ),
    "one missing": (
        not_concluded("complete", count=1),
        "Withheld: 1 row that has to be there is missing." + UNEXPLAINED,
    ),
    "orders of nobody": (
        not_concluded("complete", count=300, of=4850),
        "Withheld: 300 of 4,850 orders lead to no customer." + UNEXPLAINED,
    ),
    "placebo": (
        not_concluded("placebo"),
        "Withheld: the two groups differed before anything was given. Customers of one of them are missing or were "
        "moved." + UNEXPLAINED,
    ),
    "mature ratio": (
        not_concluded("mature_ratio", count=1, of=480, expected=96.2),
        "Withheld: of 480 customers followed for 90 days 1 is among those held out where about 96 should be. Outcomes "
        "are missing or were changed." + UNEXPLAINED,
    ),
    "slice": (
        not_concluded("slice", day=date(2026, 5, 3), days=14),
        "Withheld: from 3 May to 16 May one group has far fewer orders than the other. Orders are missing."
        + UNEXPLAINED,
    ),
    "works in spite of contamination": (
        replace(harms(), checks=not_concluded("contaminated", count=120, of=1000).checks),
        "It drives customers away: 5.2 points less often (1.4 to 9.1 less). First certain on 3 May. "
        "Consider switching it off. 12% of those held out had a gift all the same. The difference is rather larger "
        "than it looks here.",
    ),
    "stale": (
        not_concluded("stale", day=date(2026, 5, 3)),
        "Withheld: the newest order is of 3 May. Orders are missing." + UNEXPLAINED,
    ),
    "no order": (not_concluded("stale"), "Withheld: there is no order at all. Orders are missing." + UNEXPLAINED),
    "contamination": (
        not_concluded("contaminated", count=120, of=1000),
        "12% of those held out had a gift all the same. No conclusion: the groups are too much alike.",
    ),
    "contamination of the gift": (
        replace(not_concluded("contaminated", count=120, of=1000), name="gift"),
        "12% of those whose first draw was a blank had a gift all the same. No conclusion: the groups are too much "
        "alike.",
    ),
    "contamination of the survey": (
        replace(not_concluded("contaminated", count=120, of=1000), name="survey"),
        "12% of those held out were asked all the same. No conclusion: the groups are too much alike.",
    ),
    "few of the gift": (
        replace(not_concluded("too_few"), name="gift", state=State.IMMATURE, arms=Arms(12, 3, 48, 6)),
        "Too few customers yet: 12 of those whose first draw was a blank and 48 others were followed for 90 days, and "
        "9 came back. At least 30 in each group and 10 who came back are needed.",
    ),
    "a little contamination": (
        replace(noted("contaminated", count=31, of=1000), today=None, plan=None),
        "No conclusion yet. 3.1% of those held out had a gift all the same. The difference is rather larger than it "
        "looks here.",
    ),
    "wide": (
        replace(not_concluded("immature"), state=State.IMMATURE),
        "It is too early to say anything: the interval is still wider than 60 points.",
    ),
    "few": (
        replace(not_concluded("too_few"), state=State.IMMATURE, arms=Arms(12, 3, 48, 6)),
        "Too few customers yet: 12 of those held out and 48 others were followed for 90 days, and 9 came back. At "
        "least 30 in each group and 10 who came back are needed.",
    ),
    "early": (question(state=State.IMMATURE), "It is too early to say anything."),
}


@pytest.mark.parametrize("case", SAID)
def test_a_question_is_answered_in_these_words(case: str) -> None:
    asked, words = SAID[case]
    assert wording.paragraph(sentences.of_question(asked, UNTIL)) == words


def test_every_state_and_every_check_has_its_words() -> None:
    assert {asked.state for asked, _ in SAID.values()} == set(State)
    assert {check.name for asked, _ in SAID.values() for check in asked.checks} == set(withheld._CHECKS)


def test_the_page_promises_what_it_may() -> None:
    assert sentences.footer() == (
        "Of 100 shops in which nothing has an effect, at most 5 would ever read “it works” on this page, however often "
        "they look."
    )


@pytest.mark.parametrize(
    ("value", "low", "high", "at_cap", "margin", "words"),
    [
        (
            "1.2", "-2.1", "4.6", 0, "1",
            "On average 1.20 EUR more per person after gifts and points (between 2.10 less and 4.60 more). "
            "Not a verdict. No margin was set when this began, so all that was paid is counted.",
        ),
        (
            "-1.2", "-2.1", "-0.3", 1, "0.4",
            "On average 1.20 EUR less per person after gifts and points (between 0.30 and 2.10 less). "
            "Not a verdict. 1 customer counted at the cap of 310.00 EUR. "
            "Of what was paid 40% is counted, the margin that was set when this began; gifts and points in full.",
        ),
        (
            "1.2", "0.1", "4.6", 52, "0.375",
            "On average 1.20 EUR more per person after gifts and points (between 0.10 and 4.60 more). "
            "Not a verdict. 52 customers counted at the cap of 310.00 EUR. "
            "Of what was paid 37.5% is counted, the margin that was set when this began; gifts and points in full.",
        ),
    ],
)  # fmt: skip
def test_money_is_told_without_a_verdict(value: str, low: str, high: str, at_cap: int, margin: str, words: str) -> None:
    ends = {"value": Decimal(value), "low": Decimal(low), "high": Decimal(high), "margin": Decimal(margin)}
    assert wording.paragraph(sentences.of_amount(replace(samples.AMOUNT, at_cap=at_cap, **ends))) == words


def test_the_margin_is_told_in_chinese() -> None:
    with override("zh-hans"):
        said = [sentences.of_margin(Decimal(margin)) for margin in ("0.4", "1")]
    assert said == [
        "实付金额按 40% 计入，即开始时设置的边际贡献率；礼物和积分按全额计。",
        "开始时没有设置边际贡献率，因此实付金额全部计入。",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {},
            "178,000 points are open (8,900.00 EUR). 56,429 of them are expected to be redeemed. At most 61,870, said "
            "prudently. A year ago we expected 18%; 17% was redeemed.",
        ),
        (
            {"expected": None, "expected_a_year_ago": None},
            "178,000 points are open (8,900.00 EUR). At most 61,870, said prudently.",
        ),
        (
            {"points": 1, "expected": None, "prudent": None},
            "1 point is open (0.05 EUR). There is not a year of history yet, so nothing is taken off for points that "
            "may expire.",
        ),
    ],
)
def test_what_is_owed_is_told_as_far_as_history_allows(changes: Any, words: str) -> None:
    assert wording.paragraph(sentences.of_owed(replace(samples.OWED, **changes))) == words


def test_products_are_compared_in_one_sentence() -> None:
    same = [replace(one, mark=Mark.NONE) for one in samples.rated()]
    assert sentences.of_rated(same) == "No product differs from the others by more than chance."
    assert sentences.of_rated(samples.rated()) == "2 of 4 products differ from the others by more than chance."
    assert sentences.of_rated([*same, samples.rated()[0]]) == (
        "1 of 5 products differs from the others by more than chance."
    )


def test_the_conclusion_in_chinese() -> None:
    with override("zh-hans"):
        assert wording.paragraph(sentences.of_question(replace(works(), win_probability=0.1), UNTIL)) == (
            "有效。在观察满 90 天的 1,532 位顾客中，可能获得惊喜的顾客再次光顾的比例比对照组顾客高 8.6 个百分点"
            "（介于 2.8 与 14.3 之间）。5月3日 首次确定。"
            "每十个订单有一个中奖，所以整个计划的作用最多是一份礼物的十分之一。请先看礼物的问题。"
        )
        assert wording.paragraph(sentences.of_question(SAID["ratio"][0], UNTIL)) == (
            "暂不给出：4,850 位顾客中有 850 位是对照组顾客，而应有约 970 位。有数据缺失或被改动。"
            "在此得到解释之前不作任何结论。"
        )


@pytest.mark.parametrize("case", SAID)
def test_every_answer_is_there_in_chinese(case: str) -> None:
    asked, _words = SAID[case]
    with override("zh-hans"):
        said = sentences.of_question(asked, UNTIL)
    assert all(sentence.endswith("。") for sentence in said)
    assert not any(word in "".join(said) for word in ("customers", "points", "Withheld"))


def test_a_verdict_of_the_other_kind_is_not_told_as_this_one() -> None:
    both = replace(harms(), verdicts=(Verdict(WORKS, date(2026, 1, 1)), Verdict(HARMS, date(2026, 5, 3))))
    assert "1 January" not in wording.paragraph(sentences.of_question(both, UNTIL))


def test_what_was_sent_and_answered_is_counted_in_invitations() -> None:
    """Who is asked twice a year was sent two."""
    (section,) = layout._voice(replace(samples.report(), asked=40, answered=12, voices=(), rated=()))
    assert section.sentences == ("12 of 40 invitations were answered (30%).",)


def test_what_surprises_cost_is_told_campaign_by_campaign() -> None:
    assert [(figure.label, figure.text) for figure in map(layout._spent, samples.SPENT)] == [
        (
            "surprises of “Autumn”, default-channel",
            "1,550.00 EUR for 500 surprises, 340 of them used; budget 200.00 EUR a month; left 60.00 EUR; "
            "12 more would have won without it",
        ),
        (
            "surprises of “Standard <b>”, default-channel",
            "254.50 EUR for 111 surprises, 62 of them used; budget 10.00 EUR a day / 900.00 EUR in all; left –",
        ),
    ]


def test_lists_are_compared_without_a_verdict() -> None:
    lists = Lists(Arms(140, 17, 1234, 152), Interval(-0.062, 0.055))
    assert wording.paragraph(sentences.of_lists(lists)) == (
        "Of 1,234 customers whose list was shown to them 12.3% bought of it within 30 days; of 140 held out, who were "
        "shown best sellers, 12.1% bought of the list that was not shown: in points of percent between 6.2 less and 5.5"
        " more. Not a verdict."
    )
