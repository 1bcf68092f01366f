"""The demo's shop, clicked through in a browser as a customer would: buy, redeem, be surprised, let time pass."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Callable

PICTURES = Path(__file__).resolve().parent.parent / ".cache" / "demo" / "pictures"
SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 800}}
PAGES = ("", "cart/", "account/", "mailbox/", "time/")
PATIENCE = 60_000  # milliseconds; a month takes a while


def browser() -> str | None:
    """Where Chromium is, if there is one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def through(url: str, path: str) -> bool:
    """Click through the shop at an address, telling each step. Returns whether everything was as it should be."""
    from playwright.sync_api import Error, sync_playwright

    PICTURES.mkdir(parents=True, exist_ok=True)
    print("\nThe shop in a browser:", flush=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            held = _buy_and_come_back(url, chromium)
            return all([held, *(_look(url, chromium, *how) for how in WAYS)])
        except (Error, AssertionError) as error:
            return said(False, f"It went wrong: {error}")
        finally:
            chromium.close()


# All elements have had their answer.
SETTLED = "[...document.querySelectorAll('saleor-reciprocity')].every(element => element.state !== 'loading')"
# The language, the window and the colours in which every page is looked at.
WAYS = (("en", "phone", "light"), ("zh", "desktop", "light"), ("en", "desktop", "dark"), ("zh", "phone", "dark"))


def said(holds: bool, claim: str) -> bool:
    print(f"   {'ok' if holds else 'NOT OK':6}  {claim}", flush=True)
    return holds


def _opened(
    chromium: Any, trouble: list[str], language: str = "en", size: str = "desktop", scheme: str = "light"
) -> Any:
    context = chromium.new_context(
        viewport=SIZES[size], locale={"zh": "zh-CN"}.get(language, "en"), color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    return page


def sign_in(page: Any, url: str, button: str) -> None:
    page.goto(f"{url}/account/")
    _press(page, page.get_by_role("button", name=button, exact=True))
    page.locator("saleor-reciprocity[show=balance] [part~=available]").wait_for()


def _points(page: Any, url: str) -> int:
    page.goto(f"{url}/account/")
    text = page.locator("saleor-reciprocity[show=balance] [part~=available]").inner_text()
    return int(text.split()[0].replace(",", ""))


def _buy_and_come_back(url: str, chromium: Any) -> bool:
    trouble: list[str] = []
    page = _opened(chromium, trouble)
    sign_in(page, url, "Sign in as Lin")
    before = _points(page, url)
    steps: tuple[Callable[[Any, str], bool], ...] = (_put_in_cart, _redeem, _pay, _open_surprise, _be_shipped)
    held = all(step(page, url) for step in steps)
    after = _points(page, url)
    held &= said(after != before, f"Lin had {before} points before and has {after} a month later.")
    held &= _read_mail(page, url) & _answer(page, url)
    return held & said(not trouble, f"No page had trouble{': ' + trouble[0] if trouble else ''}.")


def _press(page: Any, button: Any) -> None:
    """Come to a button with the keyboard alone, and press it."""
    button.wait_for()
    for _ in range(200):
        page.keyboard.press("Tab")
        if button.evaluate("node => node === node.getRootNode().activeElement"):
            return page.keyboard.press("Enter")
    raise AssertionError(f"The keyboard does not come to {button}.")


def _put_in_cart(page: Any, url: str) -> bool:
    page.goto(url)
    _press(page, page.locator("#products button").first)
    page.locator("#said").filter(has_text="In the cart").wait_for()
    return said(True, f"By keyboard alone: {page.locator('#said').inner_text()}")


def _redeem(page: Any, url: str) -> bool:
    page.goto(f"{url}/cart/")
    total = page.locator("#total")
    total.wait_for()
    before = total.inner_text()
    part = page.locator("saleor-reciprocity[show=checkout]")
    _press(page, part.locator("[part~=redeem]").first)
    page.locator("#discount").wait_for()
    page.screenshot(path=str(PICTURES / "redeemed.png"), full_page=True, timeout=PATIENCE)
    return said(total.inner_text() != before, f"Points at the checkout: {before}, then {total.inner_text()}.")


def _pay(page: Any, url: str) -> bool:
    _press(page, page.get_by_role("button", name="test payment"))
    page.get_by_role("heading", name="Thank you!").wait_for()
    return said(True, page.locator("#brings").inner_text())


def _open_surprise(page: Any, url: str) -> bool:
    _press(page, page.get_by_role("button", name="Open your surprise"))
    gift = page.locator("#surprise [part~=surprise]")
    page.screenshot(path=str(PICTURES / "surprise.png"), full_page=True, timeout=PATIENCE)
    return said("Thank you for coming back." in gift.inner_text(), "A surprise: " + " ".join(gift.inner_text().split()))


def _be_shipped(page: Any, url: str) -> bool:
    page.goto(f"{url}/time/")
    for button, done in (("Ship all open orders", "Shipped:"), ("Let a month pass", "A month has passed.")):
        _press(page, page.get_by_role("button", name=button))
        page.locator("#said").filter(has_text=done).wait_for()
    return said(True, page.locator("#today").inner_text())


def _read_mail(page: Any, url: str) -> bool:
    page.goto(f"{url}/mailbox/")
    mails = page.locator(".mail summary")
    mails.first.wait_for()
    return said(mails.count() > 0, f"{mails.count()} mails, the newest: {mails.first.inner_text().splitlines()[0]}")


def _answer(page: Any, url: str) -> bool:
    """Answer what the newest mail of its kind asks, as its link opens it."""
    mail = page.locator(".mail").filter(has_text="One question about your order").first
    if mail.get_attribute("open") is None:
        mail.locator("summary").click()
    with page.expect_popup() as opened:
        mail.frame_locator("iframe").get_by_role("link", name="4", exact=True).click()
    survey = opened.value
    survey.locator("#comment").fill("Quick, and well packed.")
    survey.get_by_role("button", name="Send answer").click()
    survey.get_by_role("heading", name="Thank you").wait_for()
    thanks = survey.get_by_role("status").inner_text()
    survey.screenshot(path=str(PICTURES / "answered.png"), full_page=True, timeout=PATIENCE)
    survey.close()
    return said(True, f"The mail's link opens the question; the answer 4 is sent. {thanks}")


def _look(url: str, chromium: Any, language: str, size: str, scheme: str) -> bool:
    trouble: list[str] = []
    page = _opened(chromium, trouble, language, size, scheme)
    sign_in(page, url, {"zh": "登录为 Sofia"}.get(language, "Sign in as Sofia"))
    found = [barrier for name in PAGES for barrier in _barriers(page, url, name, f"{language}-{size}-{scheme}")]
    return said(
        not found and not trouble, f"{len(PAGES)} pages, {language}, {size}, {scheme}: {[*found, *trouble] or 'good'}"
    )


def _barriers(page: Any, url: str, name: str, how: str) -> list[str]:
    page.goto(f"{url}/{name}")
    page.wait_for_function(SETTLED)
    page.screenshot(path=str(PICTURES / f"{name.strip('/') or 'shop'}-{how}.png"), full_page=True, timeout=PATIENCE)
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return [*_axe(page), *([f"/{name} scrolls sideways"] if wide else [])]


def _axe(page: Any) -> list[str]:
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        return []
    return [f"{one['id']}: {one['nodes'][0]['html'][:80]}" for one in Axe().run(page).response["violations"]]
