"""Chromium for the page that is read before mails go, and axe to look for what keeps people out of it.

Where either is missing a test is skipped with the reason; on CI it fails.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.live import ROOT, need

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium without a window; none is downloaded."""
    program = need("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])  # a container has no user namespaces
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, file: Path, **how: Any) -> Iterator[Page]:
    """The file in a window of its own (`how`: viewport, color_scheme, java_script_enabled ...), once it has said how much is shown.

    An error of the page's own script, a word of the browser in its console and a dialog fail the test.
    """
    context = browser.new_context(**how)
    page, told = context.new_page(), []
    page.on("pageerror", lambda error: told.append(f"error: {error}"))
    page.on("console", lambda message: told.append(f"console: {message.text}"))
    page.on("dialog", lambda dialog: (told.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.goto(file.as_uri())
    if how.get("java_script_enabled", True) and page.locator("#shown").count():
        expect(page.locator("#shown")).not_to_be_empty()
    yield page
    context.close()
    assert [line for line in told if not allowed(line)] == []


def allowed(line: str) -> bool:
    """What the browser says of a mail that was kept from doing something is as it should be."""
    return line.startswith("console: ") and any(word in line for word in ("Content Security Policy", "sandboxed"))


def drawn(page: Page) -> None:
    """Bring each mail near, so that its frame is drawn, and go back to the top."""
    for mail in page.locator(".mail:visible").all():
        mail.locator(".letter").scroll_into_view_if_needed()
        if mail.locator(".frame").count():
            mail.locator("iframe").wait_for()
    page.evaluate("""async () => {
        const waiting = () => [...document.querySelectorAll("iframe")].some((f) => !f.style.height);
        while (waiting()) await new Promise((then) => setTimeout(then, 10));
        scrollTo(0, 0);
    }""")


@cache
def _axe() -> str:
    return need("axe-core", str(AXE) if AXE.exists() else None).read_text(encoding="utf-8")


def barriers(page: Page) -> list[str]:
    """What axe finds against any of its rules, the optional ones too. Mails' own HTML in the frames is not looked at."""
    page.evaluate(_axe())
    found = page.evaluate("""async () => {
        const rules = Object.fromEntries(axe.getRules().map(({ ruleId }) => [ruleId, { enabled: true }]));
        const { violations, passes } = await axe.run(document, { iframes: false, rules });
        if (passes.length < 20) throw Error("axe has looked at too little");
        return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 150)} ${node.failureSummary}`));
    }""")
    return [str(line) for line in found]
