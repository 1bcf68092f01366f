"""The pictures of the README: a customer's account in the demo's shop, and the demo's report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from . import clicks

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
WINDOW = {"width": 1120, "height": 700}


def take(url: str, path: str) -> None:
    """Take all pictures of the shop at an address with the Chromium at a path."""
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport=WINDOW, locale="en", color_scheme="light", reduced_motion="reduce")
        page.set_default_timeout(clicks.PATIENCE)
        clicks.sign_in(page, url, "Sign in as Lin")
        page.wait_for_function(clicks.SETTLED)
        keep(page, "account")
        page.goto(report().as_uri())
        page.locator("#money-heading").evaluate("heading => heading.scrollIntoView()")
        keep(page, "report")
        chromium.close()


def keep(page: Any, name: str) -> None:
    """Write what is in the window to the folder."""
    page.screenshot(path=str(FOLDER / f"{name}.png"), timeout=clicks.PATIENCE)


def report() -> Path:
    """The file with the report of the demo's shop."""
    file = ROOT / ".cache" / "demo" / "report.html"
    command = [sys.executable, "-W", "ignore", "-m", "django", "reciprocity_report", "--format", "html", "--output"]
    subprocess.run([*command, str(file)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    return file
