"""The seven charts: drawn on the server, readable by everybody, escaped, with the figures beside them as a table."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.utils.translation import override

from saleor_reciprocity.experiments.evidence import Arms
from saleor_reciprocity.reports import layout
from saleor_reciprocity.reports.charts import answers, books, effects, frame, kinds, svg
from saleor_reciprocity.reports.charts.svg import Chart
from saleor_reciprocity.reports.values import Rated, Scored, State

from . import samples

SVG = "{http://www.w3.org/2000/svg}"
CHARTS = ("arms", "time", "returning", "points-months", "ages-1", "scores-csat", "products")
HOSTILE = """</title><script>alert(1)</script>" onload="alert(2) & '\x00\x0b"""


def chart(key: str) -> Chart:
    found = [each for section in layout.sections(samples.report()) for each in section.charts]
    return next(each for each in found if each.key in (key, f"programme-{key}"))


def drawn(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 - our own


@pytest.mark.parametrize("key", CHARTS)
def test_a_chart_has_a_name_and_says_its_sentence_to_who_does_not_see_it(key: str) -> None:
    found = chart(key)
    root = drawn(found.svg)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{found.key}-title {found.key}-desc"
    title, description = root[0], root[1]
    assert (title.tag, title.get("id"), title.text) == (f"{SVG}title", f"{found.key}-title", found.title)
    assert (description.tag, description.get("id")) == (f"{SVG}desc", f"{found.key}-desc")
    assert description.text == found.description
    assert len(found.description) > 20


@pytest.mark.parametrize("key", CHARTS)
def test_a_chart_needs_no_colour_no_style_and_no_script(key: str) -> None:
    root = drawn(chart(key).svg)
    for element in root.iter():
        assert element.tag.replace(SVG, "") in {"svg", "title", "desc", "g", "path", "line", "rect", "circle", "text"}
        assert {element.get("fill"), element.get("stroke")} <= {None, "none", "currentColor"}
        assert not {"style", "href", "onload"} & set(element.keys())


@pytest.mark.parametrize("key", ["arms", "time", "returning", "points-months", "ages-1", "scores-csat", "products"])
def test_a_chart_shows_zero(key: str) -> None:
    texts = [element.text for element in drawn(chart(key).svg).iter(f"{SVG}text")]
    assert {"0", "0%"} & set(texts)


@pytest.mark.parametrize("key", ["arms", "returning", "points-months"])
def test_series_differ_by_dash_and_marker_and_have_their_name_beside_them(key: str) -> None:
    root = drawn(chart(key).svg)
    groups = [g for g in root.iter(f"{SVG}g") if re.match("series-", g.get("class") or "") and len(g) > 1]
    looks: dict[str, set[str]] = {}
    for group in groups:
        dashes = {e.get("stroke-dasharray") for e in group.iter() if e.get("stroke-width") in ("1.75", "1.8", "2")}
        shapes = {"circle" for _e in group.iter(f"{SVG}circle")}
        shapes |= {
            f"corners {e.get('d', '').count('L')} {_first_move(e.get('d', ''))}"
            for e in group.iter(f"{SVG}path")
            if e.get("fill") == "currentColor"
        }
        looks.setdefault(group.get("class") or "", set()).update(str(one) for one in (*dashes, *shapes))
    assert len(looks) >= 2
    sets = [frozenset(one) for one in looks.values()]
    assert len(set(sets)) == len(sets)


def _first_move(path: str) -> str:
    """Whether a marker begins at its corner or at its tip."""
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", path)[:4]]
    return "flat" if numbers[1] == numbers[3] else "tip"


@pytest.mark.parametrize("key", CHARTS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_nothing_of_a_chart_is_outside_its_paper(key: str, language: str) -> None:
    with override(language):
        root = drawn(chart(key).svg)
    _x, _y, width, height = (float(part) for part in (root.get("viewBox") or "").split())
    for text in root.iter(f"{SVG}text"):
        x, y, wide = float(text.get("x") or 0), float(text.get("y") or 0), frame.breadth(text.text or "")
        left = x - {"end": wide, "middle": wide / 2}.get(text.get("text-anchor") or "", 0)
        assert left + 2 >= 0, text.text
        assert left + wide <= width + 12, text.text
        assert 0 < y <= height, text.text


@pytest.mark.parametrize("key", CHARTS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_two_texts_on_an_axis_lie_on_each_other(key: str, language: str) -> None:
    with override(language):
        root = drawn(chart(key).svg)
    for axis in (group for group in root.iter(f"{SVG}g") if group.get("class") == "axis"):
        rows: dict[str, list[tuple[float, float]]] = {}
        for text in axis.iter(f"{SVG}text"):
            wide, anchor = 0.9 * frame.breadth(text.text or ""), text.get("text-anchor") or ""
            left = float(text.get("x") or 0) - {"end": wide, "middle": wide / 2}.get(anchor, 0)
            rows.setdefault(text.get("y") or "", []).append((left, left + wide))
        for places in map(sorted, rows.values()):
            assert all(before[1] <= after[0] for before, after in zip(places, places[1:])), places


def test_a_band_has_one_marker_at_its_end() -> None:
    band = next(g for g in drawn(chart("time").svg).iter(f"{SVG}g") if g.get("class") == "series-1")
    assert len(list(band.iter(f"{SVG}circle"))) == 1


def test_whatever_a_product_is_called_stays_a_text() -> None:
    rated = [Rated(HOSTILE, Scored(10, 0.5, 0.2, 0.8))]
    found = answers.products(rated, None, HOSTILE)
    root = drawn(found.svg)
    assert root[1].text == HOSTILE.replace("\x00\x0b", "")
    assert "<script" not in found.svg
    assert not [element for element in root.iter() if element.get("onload")]
    assert svg.element("a", 'x"<', b='"><i/>') == """<a b='"&gt;&lt;i/&gt;'>x"&lt;</a>"""


def test_the_arms_have_these_shares_and_intervals() -> None:
    assert chart("arms").columns == ("group", "customers", "came back", "share of them", "low end", "high end")
    # Wilson's interval of 414 of 1,226 and of 77 of 306, by hand.
    assert chart("arms").rows == (
        ("could win", "1,226", "414", "33.8%", "31.2%", "36.5%"),
        ("held out", "306", "77", "25.2%", "20.6%", "30.3%"),
    )


def test_an_arm_without_people_is_drawn_as_unknown() -> None:
    found = effects.arms(samples.question(arms=Arms(0, 0, 3, 1)), "Nobody is held out yet.")
    assert found.rows[1] == ("held out", "0", "0", "0%", "0%", "100%")


def test_the_difference_over_time_has_its_two_days() -> None:
    texts = [element.text for element in drawn(chart("time").svg).iter(f"{SVG}text")]
    assert {"certain since 3 May", "evaluation: 14 March", "2 Dec", "30 Jun"} <= set(texts)
    assert chart("time").rows[-1] == ("2026-06-30", "1,215", "251", "+6.7", "+10.3")
    assert len(chart("time").rows) == 36


def test_how_many_are_still_followed_stands_below() -> None:
    texts = [element.text for element in drawn(chart("returning").svg).iter(f"{SVG}text")]
    assert [text for text in texts if text and text.endswith(" d")] == ["0 d", "30 d", "60 d", "90 d"]
    assert {"1,226", "1,136", "1,046", "956", "306", "216", "126", "36"} <= set(texts)


def test_open_points_by_age_end_with_what_is_expected_and_prudent() -> None:
    found = chart("ages-1")
    assert found.rows[3] == ("months 4 to 6", "38,000", "13,300")
    assert found.rows[-3:] == (
        ("24 months and more", "1,100", "99"),
        ("all open points", "178,000", "56,429"),
        ("prudent", "178,000", "61,870"),
    )
    texts = [element.text for element in drawn(found.svg).iter(f"{SVG}text")]
    assert {"expected: 56,429", "prudent: 61,870", "month 1", "200k"} <= set(texts)


def test_without_a_year_of_history_nothing_is_expected() -> None:
    owed = replace(
        samples.OWED, expected=None, prudent=None, ages=tuple(replace(a, expected=None) for a in samples.AGES)
    )
    found = books.ages(owed, "ages", "178,000 points are open.")
    assert found.rows[0] == ("month 1", "21,000", "–")
    assert "expected:" not in found.svg


def test_products_are_marked_and_all_are_listed() -> None:
    found = chart("products")
    assert [row[-1] for row in found.rows] == ["better than the others", "", "", "worse than the others"]
    texts = [element.text for element in drawn(found.svg).iter(f"{SVG}text")]
    assert {"▲ n=212", "n=64", "▼ n=118", "茶壶，手工制作"} <= set(texts)
    many = [Rated(f"Product {number}", Scored(10, 0.5, 0.2, 0.8)) for number in range(50)]
    found = answers.products(many, 0.5, "None differs.")
    assert len(found.rows) == 50
    names = [e.text for e in drawn(found.svg).iter(f"{SVG}text") if (e.text or "").startswith("Product")]
    assert names == [f"Product {number}" for number in (*range(10), *range(40, 50))]


def test_no_cell_of_the_csv_is_a_formula_and_numbers_stay_numbers() -> None:
    rows = list(csv.reader(StringIO(layout.csv(chart("products")))))
    assert rows[0] == ["product", "answers", "satisfied", "low end", "high end", "compared"]
    assert rows[4] == ["'=HYPERLINK(1)", "118", "55%", "46%", "64%", "worse than the others"]
    assert next(csv.reader(StringIO(layout.csv(chart("time")).split("\n", 1)[1])))[3:] == ["-6.3", "+23.3"]


@pytest.mark.parametrize(
    ("low", "high", "marks"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-0.07, 0.23, [-0.1, 0, 0.1, 0.2, 0.3]),
        (0, 18_100, [0, 5_000, 10_000, 15_000, 20_000]),
        (0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-3, 0, [-3, -2, -1, 0]),
    ],
)
def test_ticks_are_round_numbers_that_reach_over_the_values(low: float, high: float, marks: list[float]) -> None:
    assert frame.ticks(low, high) == marks


def test_names_that_would_lie_on_each_other_are_moved_apart() -> None:
    assert frame.spread([100, 50]) == [100, 50]
    assert frame.spread([100, 102]) == [94, 108]
    assert frame.spread([]) == []


def test_a_text_that_is_too_wide_is_cut() -> None:
    assert frame.fitting("Cup", 21) == "Cup"
    assert frame.fitting("Cups and saucers", 49) == "Cups a…"
    assert frame.fitting("茶壶手工制作", 52) == "茶壶手…"


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (950, "950"), (12_000, "12k"), (2_500, "2.5k"), (1_500_000, "1.5M"), (2e9, "2B")]
)
def test_large_numbers_are_short_on_an_axis(number: float, text: str) -> None:
    assert books.short(number) == text


def test_a_withheld_question_has_counts_and_no_chart() -> None:
    section = layout.question_section(samples.withheld("placebo"), samples.report())
    assert section.charts == ()
    assert [figure.text for figure in section.figures] == ["414 of 1,226 came back", "77 of 306 came back"]


def test_counts_of_channels_and_earlier_orders_stand_without_a_verdict() -> None:
    parts = {
        "by_channel": (("default-channel", Arms(200, 50, 800, 270)), ("outlet", Arms(106, 27, 426, 144))),
        "by_stratum": ((0, Arms(100, 10, 400, 50)), (4, Arms(206, 67, 826, 364))),
    }
    section = layout.question_section(replace(samples.none_yet(), **parts), samples.report())
    assert [(figure.label, figure.text) for figure in section.figures[2:]] == [
        ("default-channel (no verdict)", "could win: 270 of 800; held out: 50 of 200"),
        ("outlet (no verdict)", "could win: 144 of 426; held out: 27 of 106"),
        ("no or one earlier order (no verdict)", "could win: 50 of 400; held out: 10 of 100"),
        ("10 earlier orders and more (no verdict)", "could win: 364 of 826; held out: 67 of 206"),
    ]


def test_before_anybody_is_followed_there_is_nothing_to_draw() -> None:
    for question in (samples.immature(), samples.question(state=State.NOT_STARTED, arms=Arms(0, 0, 0, 0))):
        section = layout.question_section(question, samples.report())
        assert (section.charts, section.figures) == ((), ())


def test_a_single_look_draws_no_line() -> None:
    question = replace(samples.works(), history=tuple(samples.looks()[:1]))
    keys = [each.key for each in layout.question_section(question, samples.report()).charts]
    assert keys == ["programme-arms", "programme-returning"]


def test_a_month_alone_is_a_point() -> None:
    found = books.months(samples.months(1), "In 1 month 9,000 points were issued.")
    assert found.rows == (("2025-05", "9,000", "3,000", "0", "350"),)
    drawn(found.svg)


def test_every_chart_of_every_kind_survives_nothing_but_zeros() -> None:
    named = kinds.Named("k", "t", "d")
    write: Any = str
    for text in (
        kinds.bars(named, [kinds.Bar("a", 0, 0)], write),
        kinds.dots(named, [kinds.Row("a", 0, 0, 0, 0)], write),
        kinds.lines(named, [kinds.Series("a", 0, [(0.0, 0.0)])], write, [(0.0, "x")]),
    ):
        assert "nan" not in text
        drawn(text)
