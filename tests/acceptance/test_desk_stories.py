"""A story for each page of the desk: sign in, do something, see that it is so, undo it."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any, Iterator

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from demo import story
from demo.storefront import Customer
from saleor_reciprocity import host, programmes
from saleor_reciprocity.mail.models import Pause
from saleor_reciprocity.points import adjustments
from saleor_reciprocity.points.models import Account, Entry
from saleor_reciprocity.reports import report
from saleor_reciprocity.surveys.models import Answer, DealtWith, Note, Reply

from .. import hosts
from ..mail.post import Post
from ..mail.post import opened as listening
from ..points.programmes import earned, rule
from ..reports import samples
from ..surveys.shop import an_answer, to_be_asked
from . import chromium
from .chromium import Browser
from .desk import follow, opened, user_id


@pytest.fixture
def post(address: str, channel: host.Channel, settings: Any) -> Iterator[Post]:
    """The mail server of the shop."""
    server = Post()
    controller = listening(server)
    hosts.configure(channel, active=True, mail_sender_address="shop@example.com")
    hosts.mail_through(server.port, channel, settings)
    yield server
    controller.stop()


def done(page: Any) -> None:
    page.locator("main:not([aria-busy]) [role=status]", has_text="Done.").wait_for()


def points_per_unit(channel: host.Channel) -> Decimal:
    version = programmes.current(channel.id, timezone.now())
    assert version is not None
    return version.programme.points_per_unit


def test_a_setting_is_tried_saved_and_set_back(address: str, channel: host.Channel, browser: Browser) -> None:
    page = opened(browser, address, "settings")
    field = page.locator("[name='input.pointsPerUnit']")
    for before, after in (("1", "3"), ("3", "1")):
        field.fill(after)
        page.get_by_role("button", name="See what would change").click()
        notice = page.get_by_role("status").filter(has_text="What would change")
        notice.wait_for()
        assert f"Points: per unit of currency: {before} → {after}." in notice.inner_text()
        assert points_per_unit(channel) == Decimal(before)
        assert field.input_value() == after
        page.get_by_role("button", name="Save").click()
        done(page)
        assert (points_per_unit(channel), field.input_value()) == (Decimal(after), after)


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 has one channel")
def test_settings_are_copied_from_channel_to_channel(address: str, channel: host.Channel, browser: Browser) -> None:
    hosts.configure(channel, active=True, points_per_unit="4")
    other = hosts.open_channel("euros", "EUR")
    hosts.configure(other, active=True, points_per_unit="1")
    page = opened(browser, address, "settings?channel=euros")
    page.get_by_text("Copy from another channel").click()
    page.get_by_label("Channel to copy from").select_option(channel.slug)
    page.get_by_role("button", name="Copy the settings").click()
    done(page)
    assert page.locator("[name='input.pointsPerUnit']").input_value() == "4"
    assert points_per_unit(other) == 4
    page.locator("[name='input.pointsPerUnit']").fill("1")
    page.get_by_role("button", name="Save").click()
    done(page)
    assert (points_per_unit(other), points_per_unit(channel)) == (1, 4)


def test_health_says_what_it_could_not_look_at_what_to_do_and_what_a_run_found(
    address: str, channel: host.Channel, browser: Browser, monkeypatch: Any
) -> None:
    monkeypatch.setattr("saleor_reciprocity.health.running._messages", lambda now: 1 / 0)
    page = opened(browser, address, "health")
    books = page.locator(".health", has=page.get_by_role("heading", name="The books"))
    assert "The books were not proved yet." in books.inner_text()
    assert "What to do: Run manage.py reciprocity_check." in books.inner_text()
    messages = page.locator(".health", has=page.get_by_role("heading", name="Messages"))
    assert "This could not be looked at" in messages.inner_text()
    monkeypatch.undo()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    call_command("reciprocity_check")
    page.get_by_role("link", name="Health").click()
    page.locator(".health.fine", has_text="The books were right at").wait_for()
    assert "could not be looked at" not in page.locator("main").inner_text()


def test_the_report_has_the_figures_of_the_shop_and_goes_on_paper(address: str, browser: Browser) -> None:
    cache.clear()  # a report is kept for an hour
    before = timezone.now() - timedelta(days=40)
    for number in range(3):
        guest = host.person_with_email(f"guest-{number}@example.com")
        adjustments.adjust(guest, 5, "a gift", "user:1", str(number), before, channel_id=hosts.open_channel().id)
    page = opened(browser, address, "report")
    members = page.locator(".figures li", has=page.get_by_text("members", exact=True)).locator("strong")
    assert members.inner_text() == "3"
    assert page.locator(".told").first.inner_text() == "Nobody takes part in this question yet."
    page.evaluate("window.print = () => { window.printed = true }")
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed") is True
    page.emulate_media(media="print")
    assert page.get_by_role("navigation").is_hidden()
    assert page.get_by_role("button", name="Print").is_hidden()
    assert page.locator(".told").first.is_visible()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_report_printed_from_a_dark_desk_is_black_on_white_and_whole(
    language: str, address: str, browser: Browser, monkeypatch: Any
) -> None:
    cache.clear()  # a report is kept for an hour
    monkeypatch.setattr(report, "made", lambda scope: samples.report(spent=samples.SPENT * 8))
    page = browser.open(f"{address}report", "desktop", language, color_scheme="dark")
    page.locator("#email").fill(story.STAFF_EMAIL)
    page.locator("#password").fill(story.STAFF_PASSWORD)
    page.locator("#sign-in button").click()
    page.locator(".told").first.wait_for()
    browser.trouble.clear()  # a browser reports the status 401 of the page that asked for the token as an error
    page.emulate_media(media="print", color_scheme="dark")
    assert chromium.styles(page, "h1, .told, .figures strong, .series-1", "color") == {"rgb(0, 0, 0)"}
    assert chromium.styles(page, ".figures li, figure", "backgroundColor") == {"rgb(255, 255, 255)"}
    assert chromium.styles(page, "figure, .told, .figures li", "breakInside") == {"avoid"}
    assert chromium.beyond_the_paper(page) == []
    assert chromium.printed(page, f"desk-report-{language}") <= 7


def test_the_last_day_of_the_report_is_chosen_and_back_undoes_it(address: str, browser: Browser) -> None:
    """Of two members one had points 70 days ago and one 40 days ago."""
    cache.clear()  # a report is kept for an hour
    now = timezone.now()
    for number, days in enumerate((70, 40)):
        guest, moment = host.person_with_email(f"guest-{number}@example.com"), now - timedelta(days=days)
        adjustments.adjust(guest, 5, "a gift", "user:1", str(number), moment, channel_id=hosts.open_channel().id)
    page = opened(browser, address, "report")
    field = page.get_by_label("Last day that counts (empty: yesterday)")
    members_are(page, 2)
    chosen = (now - timedelta(days=50)).date().isoformat()
    field.fill(chosen)
    page.get_by_role("button", name="Show").click()
    members_are(page, 1)
    assert (page.url, field.input_value()) == (f"{address}report?until={chosen}", chosen)
    page.go_back()
    members_are(page, 2)
    assert (page.url, field.input_value()) == (f"{address}report", "")
    page = opened(browser, address, f"report?until={chosen}")
    members_are(page, 1)


def members_are(page: Any, number: int) -> None:
    """Wait until the report says so."""
    figure = page.locator(".figures li", has=page.get_by_text("members", exact=True))
    figure.locator("strong", has_text=re.compile(f"^{number}$")).wait_for()


def test_points_are_given_and_taken_again_and_a_bonus_is_given(address: str, browser: Browser) -> None:
    bob = hosts.customer("bob@example.com")
    rule("bonus", "9", trigger="staff", name="Photo of a cup")
    page = opened(browser, address, f"customers/account?id={user_id(bob)}")
    for points, reason in (("12", "A cracked cup"), ("-12", "It was another's cup")):
        page.get_by_text("Give or take points").click()
        page.get_by_label("Points *").fill(points)
        page.locator("#Adjust").get_by_label("Reason").fill(reason)
        page.get_by_role("button", name="Give or take").click()
        done(page)
        page.locator("td", has_text=reason).wait_for()
    assert [entry.points for entry in Entry.objects.order_by("pk")] == [12, -12]
    assert page.locator(".figures strong").first.inner_text() == "0"
    page.get_by_text("Give a bonus").click()
    page.get_by_label("Bonus *").select_option(label="Photo of a cup (+9)")
    page.locator("#Bonus").get_by_label("Reason").fill("A lovely photo")
    page.get_by_role("button", name="Give it").click()
    done(page)
    assert page.locator(".figures strong").first.inner_text() == "9"


def test_tiers_are_made_changed_undone_and_abolished(address: str, ada: Customer, browser: Browser) -> None:
    bob = hosts.customer("bob@example.com")
    earned(bob, "60")
    page = opened(browser, address, "tiers")
    row = page.locator("main tbody tr")
    for threshold in ("50", "80"):
        page.get_by_text("Change" if threshold == "80" else "Make tiers", exact=True).click()
        for name, value in {"code": "gold", "name": "Gold", "threshold": threshold}.items():
            page.locator(f"[name='input.tiers.0.{name}']:not([type=hidden])").fill(value)
        page.get_by_label("When the points no longer suffice").select_option("AT_ONCE")
        page.get_by_role("button", name="Save").click()
        done(page)
        assert row.inner_text().split() == ["Gold", threshold, "1", "0"]
    assert standing(page, bob) is None
    page.get_by_role("link", name="Tiers").click()
    page.get_by_text("Undo the last change").click()
    page.get_by_text("Gold: from 50 points").wait_for()
    page.get_by_role("button", name="Put them back").click()
    done(page)
    assert row.inner_text().split()[:2] == ["Gold", "50"]
    assert standing(page, bob) == "Gold"
    page.get_by_role("link", name="Tiers").click()
    page.get_by_text("Undo the last change").click()
    page.get_by_role("button", name="Put them back").click()
    done(page)
    assert row.inner_text().split()[:2] == ["Gold", "80"]  # the undoing is undone


def standing(page: Any, customer: Any) -> str | None:
    """The tier that the account of a customer shows."""
    follow(page, f"customers/account?id={user_id(customer)}")
    page.get_by_role("heading", name=customer.email).wait_for()
    tier = page.locator(".figures li", has=page.get_by_text("Tier", exact=True)).locator("strong")
    return str(tier.inner_text()) if tier.count() else None


def test_an_answer_and_a_note_are_written_down_while_on_the_phone(address: str, browser: Browser) -> None:
    bob = hosts.customer("bob@example.com")
    to_be_asked(earned(bob, "7"), bob)
    page = opened(browser, address, f"customers/account?id={user_id(bob)}")
    page.get_by_text("Record an answer that the customer tells you").click()
    form = page.locator("#Record")
    form.get_by_label("How you were told").select_option("PHONE")
    form.get_by_label("Answer *").fill("9")
    form.get_by_label("What the customer said").fill("The handle broke.")
    form.get_by_role("button", name="Record it").click()
    wrong = page.locator("[aria-invalid=true]")
    assert wrong.input_value() == "9"
    browser.trouble.clear()  # 422 is no error of ours
    assert form.get_by_label("What the customer said").input_value() == "The handle broke."
    wrong.fill("2")
    form.get_by_role("button", name="Record it").click()
    done(page)
    assert (Answer.objects.get().score, Answer.objects.get().way) == (2, "phone")
    page.get_by_text("Write a note").click()
    page.locator("#Note").get_by_label("Note").fill("Called about a cup")
    page.get_by_role("button", name="Keep it").click()
    done(page)
    page.locator("article blockquote", has_text="Called about a cup").wait_for()
    page.get_by_role("button", name="Delete the note").click()
    page.locator("article").wait_for(state="detached")
    assert not Note.objects.exists()


def test_a_link_and_an_open_survey_are_made_answered_and_closed(
    address: str, ada: Customer, channel: host.Channel, browser: Browser
) -> None:
    hosts.configure(channel, active=True, survey_question="csat", survey_holdout_share="0")
    bob = hosts.customer("bob@example.com")
    earned(bob, "7")

    def here(link: Any) -> str:
        """The link that a field shows, at the server of this test."""
        return address.partition("/plugins/")[0] + "/plugins/" + str(link.input_value()).partition("/plugins/")[2]

    page = opened(browser, address, f"customers/account?id={user_id(bob)}")
    page.get_by_text("Hand over a link or a QR code with a question").click()
    page.get_by_role("button", name="Make the link").click()
    done(page)
    link = page.get_by_label("Link to copy")
    page.evaluate("document.addEventListener('copy', () => (window.copied = String(document.getSelection())))")
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("window.copied") == link.input_value()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the QR code").click()
    assert (download.value.suggested_filename, download.value.path().read_text()[:5]) == ("survey.svg", "<svg ")
    answer_in_a_tab(browser, here(link), "2")
    assert (Answer.objects.get().score, Answer.objects.get().way) == (2, "link")
    page.get_by_role("link", name="Answers").click()
    page.get_by_role("link", name="Open survey").click()
    page.get_by_role("button", name="Open it in").click()
    done(page)
    answer_in_a_tab(browser, here(page.get_by_label("Link to copy")), "5")
    page.get_by_role("link", name="Answers").click()
    page.get_by_role("link", name="Open survey").click()
    page.get_by_role("heading", name="CSAT 5").wait_for()
    page.get_by_role("button", name="Close it in").click()
    done(page)
    page.get_by_text("closed").wait_for()


def answer_in_a_tab(browser: Browser, address: str, score: str) -> None:
    """Answer a question as whoever has its link does, on a phone."""
    tab = browser.open(address, "phone")
    tab.locator(f"label:has(input[value='{score}'])").click()
    tab.get_by_role("button", name="Send answer").click()
    tab.get_by_role("heading", name="Thank you").wait_for()
    tab.close()


def test_two_accounts_become_one_after_it_was_said_what_that_means(address: str, browser: Browser) -> None:
    bob = hosts.customer("bob@example.com")
    earned(bob, "7")
    guest = host.person_with_email("eve@example.com")
    adjustments.adjust(guest, 5, "a gift", "user:1", "one", timezone.now(), channel_id=hosts.open_channel().id)
    page = opened(browser, address, f"customers/account?id={user_id(bob)}")
    page.get_by_role("link", name="Merge with another account").click()
    named = page.get_by_label("E-mail of the account that ends")
    for email in ("nobody@example.com", "eve@example.com"):
        named.fill(email)
        page.get_by_role("button", name="Look it up").click()
        page.wait_for_url(re.compile(f"fromEmail={email.replace('@', '%40')}"))
        assert named.input_value() == email
        assert page.get_by_text("Nobody has points at this address.").count() == email.startswith("nobody")
    assert "This is for ever." in page.locator("main").inner_text()
    page.get_by_role("button", name="Merge for ever").click()
    assert Account.objects.get(user=bob).available == 7  # nothing before the box is ticked
    page.get_by_label("Both are one and the same person.").check()
    page.get_by_role("button", name="Merge for ever").click()
    page.get_by_text("Merged. The account has 12 points now.").wait_for()
    page.get_by_role("link", name="bob@example.com").click()
    page.get_by_role("heading", name="bob@example.com").wait_for()
    assert page.locator(".figures strong").first.inner_text() == "12"


def test_an_answer_is_found_replied_to_dealt_with_and_opened_again(address: str, browser: Browser) -> None:
    for number, (name, comment) in enumerate((("bob", "The handle broke."), ("eve", "Lovely tea."))):
        customer = hosts.customer(f"{name}@example.com")
        made = an_answer(host.order_id(earned(customer, "7")), customer, 1 + 4 * number)
        Answer.objects.filter(pk=made.pk).update(comment=comment, is_unhappy=number == 0)
    page = opened(browser, address, "answers")
    assert page.locator("article").count() == 2
    page.get_by_label("Words in the comment").fill("handle")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url(re.compile("comment=handle"))
    assert page.locator("article").count() == 1
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as CSV").click()
    saved = download.value.path().read_text()
    assert (download.value.suggested_filename, len(saved.splitlines())) == ("answers.csv", 2)
    assert "The handle broke." in saved
    page.locator("summary", has_text="Reply").click()
    page.get_by_label("What to write to the customer").fill("We are sorry.")
    page.get_by_role("button", name="Send the reply").click()
    done(page)
    assert Reply.objects.get().text == "We are sorry."
    page.get_by_role("button", name="Mark as dealt with").click()
    page.get_by_role("button", name="Open it again").wait_for()
    page.get_by_role("link", name="Unhappy and not dealt with").click()
    page.get_by_text("No answers.").wait_for()
    page.go_back()
    page.get_by_role("button", name="Open it again").click()
    page.get_by_role("button", name="Mark as dealt with").wait_for()
    assert not DealtWith.objects.exists()


def test_messages_are_stopped_looked_at_tried_and_go_on(
    address: str, channel: host.Channel, post: Post, browser: Browser
) -> None:
    page = opened(browser, address, "messages")
    page.get_by_role("button", name=f"Stop sending in {channel.slug}").click()
    page.get_by_text(f"Nothing is sent in {channel.slug} since").wait_for()
    assert Pause.objects.count() == 1
    page.get_by_role("button", name="Go on sending").click()
    page.get_by_role("button", name="Stop sending").wait_for()
    assert not Pause.objects.exists()
    page.get_by_role("link", name="What each message looks like").click()
    page.get_by_role("heading", name="What each message looks like").wait_for()
    page.get_by_label("Kind").select_option("EXPIRY")
    for language, subject in (("zh-hans", "您有部分积分即将到期"), ("en", "Some of your points will expire")):
        page.get_by_label("Language").select_option(language)
        page.get_by_role("button", name="Show").click()
        page.locator(f"article[lang={language}] h2", has_text=subject).wait_for()
    page.get_by_role("button", name="Send it to me").click()
    page.get_by_text(f"Sent to {story.STAFF_EMAIL}.").wait_for()
    (mail,) = [one for one in post.accepted if one["Subject"] == page.locator("article h2").inner_text()]
    assert mail["X-To"] == story.STAFF_EMAIL


def test_what_each_right_opens_leads_there(address: str, browser: Browser) -> None:
    clerk = hosts.customer("clerk@example.com", staff=True)
    hosts.give_rights(clerk.user_permissions, "order.manage_orders")
    page = browser.open(address + "rights", "desktop")
    page.get_by_label("E-mail", exact=True).fill(clerk.email)
    page.get_by_label("Password").fill("password")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="People and rights").wait_for()
    cards = {name: page.locator("article", has=page.get_by_role("heading", name=name)) for name in RIGHTS}
    assert {name: card.locator("a").count() for name, card in cards.items()} == RIGHTS
    cards["Manage orders"].get_by_role("link", name="Answers").click()
    page.get_by_role("heading", name="Answers").wait_for()
    page.go_back()
    page.get_by_role("heading", name="People and rights").wait_for()
    browser.trouble.clear()  # 401 of the page that asked for the token


RIGHTS = {"Manage customers": 0, "Manage orders": 2, "Manage sales and vouchers": 0, "Manage plugins": 0}
