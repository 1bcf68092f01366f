"""Three ways to one report: text, JSON and HTML say the same, in English and Chinese."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.utils.translation import override

from saleor_reciprocity.reports import html, layout, plain, sentences, text
from saleor_reciprocity.reports.values import Rated, Report, Scored

from . import samples

LANGUAGES = ("en", "zh-hans")


def words(page: str) -> str:
    """What a page shows, without its tags, in one line."""
    body = page.split("<body>")[1]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_three_say_the_same(language: str) -> None:
    report = samples.report()
    with override(language):
        page, lines, values = words(html.page(report)), text.text(report), plain.plain(report)
        sections, promise = layout.sections(report), sentences.footer()
    shown, printed = page.replace(" ", ""), lines.replace(" ", "").replace("\n", "")
    assert [each.key for each in sections] == ["programme", "gift", "survey", "money", "voice", "use"]
    for section, in_json in zip(sections, values["sections"]):
        for said in (section.heading, *section.sentences, *(figure.text for figure in section.figures)):
            assert said.replace(" ", "") in shown
            assert said.replace(" ", "") in printed
        assert in_json["sentences"] == list(section.sentences)
        assert [chart["svg"] for chart in in_json["charts"]] == [chart.svg for chart in section.charts]
    assert values["promise"] == promise
    assert promise.replace(" ", "") in shown
    assert promise.replace(" ", "") in printed


def test_json_holds_the_figures_as_they_are() -> None:
    values = json.loads(json.dumps(plain.plain(samples.report())))
    programme = values["questions"][0]
    assert (programme["name"], programme["state"], programme["effect"]) == ("programme", "works", 0.0864)
    assert programme["today"] == {"low": 0.0281, "high": 0.1429}
    assert programme["arms"] == {"held_out": 306, "held_out_returned": 77, "others": 1226, "others_returned": 414}
    assert programme["plan"]["evaluation"] == "2026-03-14"
    assert programme["plan"]["share"] == "0.2"
    assert values["amounts"][0]["value"] == "1.2"
    assert values["months"][0] == {
        "month": "2025-05-01", "issued": 9000, "redeemed": 3000, "expired": 0, "taken_back": 350
    }  # fmt: skip
    assert values["owed"][0]["prudent"] == 61870
    assert (values["until"], values["made_at"]) == ("2026-06-30", "2026-07-01T05:30:00+00:00")
    assert values["rated"][0]["mark"] == "better"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_loads_nothing_runs_nothing_and_says_in_which_language_it_is(language: str) -> None:
    with override(language):
        page = html.page(samples.report())
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert unescape(policy[1]).startswith("default-src 'none'; style-src 'sha256-")
    assert f'<html lang="{language}" dir="ltr">' in page
    assert not re.search(r"<(script|link|img|iframe|object|form)\b|\son\w+=|\sstyle=", page)
    addresses = re.findall(r'(?:href|src|action)="([^"]{0,40})', page)
    assert addresses
    assert all(address.startswith("data:text/csv;charset=utf-8,") for address in addresses)
    assert set(re.findall(r"https?://[^\"' ]*", page)) == {"http://www.w3.org/2000/svg"}


def test_no_two_parts_of_the_page_have_one_id() -> None:
    ids = re.findall(r'\sid="([^"]*)"', html.page(samples.report()))
    assert len(ids) == len(set(ids))
    named = re.findall(r'aria-labelledby="([^"]*)"', html.page(samples.report()))
    assert {one for names in named for one in names.split()} <= set(ids)


def test_hostile_names_stay_texts_everywhere() -> None:
    hostile = """</script><script>alert(1)</script><img src=x onerror=alert(2)>"""
    report = samples.report(channel=hostile, rated=(Rated(hostile, Scored(10, 0.5, 0.2, 0.8)),))
    page = html.page(report)
    assert "<script" not in page
    assert "<img" not in page
    assert hostile in unescape(page)


def test_a_report_of_a_shop_in_which_nothing_happened_is_one() -> None:
    report = Report(None, samples.UNTIL, samples.MADE_AT)
    assert text.text(report) == (
        "Report of the shop\n==================\nUp to and with 30 June 2026. Made at 2026-07-01 05:30 UTC.\n\n"
        "Of 100 shops in which nothing has an effect, at most 5 would ever read “it works” on this page,\n"
        "however often they look.\n"
    )
    assert words(html.page(report)).startswith("Report of the shop Up to and with")


def test_columns_stand_below_each_other_in_chinese_too() -> None:
    with override("zh-hans"):
        lines = text.text(samples.report()).splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("  月份       发放"))
    table: Any = lines[start : start + 15]
    assert len({text.width(line) for line in table}) == 1


def test_long_paragraphs_are_broken_where_it_is_allowed() -> None:
    with override("zh-hans"):
        lines = text.text(samples.report()).splitlines()
    assert max(text.width(line) for line in lines if "  " not in line) <= 102
    assert not [line for line in lines if line[:1] in "，。；：）”" and line]
