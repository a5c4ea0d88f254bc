"""The page that is read before mails go, for its tests: data to show, Chromium to show it, axe to find what keeps people out.

Where a program is missing a test is skipped with the reason; on CI it fails.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from sendbook.mail.shown import Preview, ShownLeftOut, ShownMail
from tests.live import ROOT, need

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
HTML = (
    '<!DOCTYPE html><html lang="en-GB"><head><style>p {{ color: rgb(1, 2, 3); }}</style></head><body style="margin: 7px"><p>Dear {to},</p>'
    '<p>here is the summary about {about}.</p><a href="https://school.example/">Our school</a></body></html>'
)
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 9
TABLE = "text", "pupil", "contact", "address", "reason", "state", "changed", "sender", "reply_to", "subject", "language", "document"


def mail(pupil="Amara Okafor", contact="Grace Okafor", **changes):
    usual = ShownMail(
        ref="K7Q2M", pupil=pupil, contact=contact, address="grace@mail.example", reason="Parent with parental responsibility",
        state="prepared", changed="", sender="Oakfield School <send@oakfield.example>", reply_to="senco@oakfield.example",
        subject=f"Support for {pupil}", text=f"Dear {contact},\n\nhere is the summary about {pupil}.", html=HTML.format(to=contact, about=pupil),
        language="English", document="Summary.pdf", document_bytes=86_211, document_href="Summaries/Summary%20A.pdf", locked=True,
    )  # fmt: skip
    return replace(usual, **changes)


def preview(*mails, left_out=(), **changes):
    return replace(
        Preview("Oakfield School", "SEND register.xlsx", "put as drafts into the folder Sendbook", mails, tuple(left_out)), **changes
    )


USUAL = preview(
    mail(),
    mail(
        "Lina Haddad",
        "Yusuf Haddad",
        notes=("There is no text in Arabic.", "Taken out of “Do not send yet”."),
        address="yusuf@mail.example",
    ),
    mail("Tom Ash", "Wendy Ash", changed="Date of the review", locked=False, reason="Carer: fostering"),
    mail("Zoë Adéyẹmí", "Ife O’Neill", document="", html="", state="approved"),
    left_out=[
        ShownLeftOut("Tom Ash", "Robert Ash", "A court order says no contact.", "Nothing."),
        ShownLeftOut("Sam Cole", "", "Its summary lies in “Do not send yet”."),
    ],
)
TOO_LONG = preview(
    mail(**dict.fromkeys(TABLE, LONG), notes=(LONG, LONG), ref=LONG, html=f"<table width=900><tr><td>{LONG}</td></tr></table>"),
    left_out=[ShownLeftOut(LONG, LONG, LONG, LONG)], school=LONG, workbook=LONG, way=LONG,
)  # fmt: skip
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
EVIL_FRAME = (
    f"<html><body><p>Dear {EVIL}</p><a href=\"javascript:parent.alert(3)\" target=_top>go</a><p onclick='alert(4)'>x</p></body></html>"
)
HOSTILE = [
    EVIL, "'><svg/onload=alert(1)>", "</script><script>alert(1)</script>", "</title></style><script>alert(1)</script>", "]]><b>bold</b>", "<!--", "--><i>",
    "</template></textarea></pre></details></article>", "{{ 7*7 }}{% raw %}", "&lt;b&gt; &amp;amp;", "\u202egnp.exe\u202d \u2067x", "a" * 290 + "@b.example",
    "null\x00bell\x07", "' onfocus='alert(1)' autofocus='", "line\nbreak\r\u2028", "javascript:alert(1)", "\ud800 half", "<plaintext>",
]  # fmt: skip
KINDS = {
    "usual": USUAL,
    "nothing": preview(),
    "nobody left out": preview(mail(), mail()),
    "no mails": replace(USUAL, mails=()),
    "too long": TOO_LONG,
    "hostile": preview(mail(**dict.fromkeys(TABLE, EVIL), html=EVIL_FRAME), left_out=[ShownLeftOut(EVIL, EVIL, EVIL, EVIL)], school=EVIL),
}
MANY = preview(*(mail(f"Pupil{n}", f"Parent{n}", address=f"p{n}@mail.example") for n in range(300)))
TRAPS = (
    "<img src='{at}'><link rel=stylesheet href='{at}'><link rel=preconnect href='{at}'><link rel=prefetch href='{at}'><base href='{at}'>"
    "<meta http-equiv=refresh content='0;url={at}'><style>@import '{at}'; p {{ background: url({at}) }}</style><p style='background:url({at})'>x</p>"
    "<iframe src='{at}'></iframe><object data='{at}'></object>"
    "<embed src='{at}'><video src='{at}' autoplay poster='{at}'></video><audio src='{at}' autoplay></audio>"
    "<script src='{at}'></script><script>parent.document.title = 'caught'; fetch('{at}')</script><svg><image href='{at}'/><use href='{at}#a'/></svg>"
    "<form action='{at}'><button>send</button></form><a href='{at}' target=_top>top</a>"
    "<a href='{at}' ping='{at}'>here</a><img srcset='{at} 2x' onerror='alert(1)'>"
)


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
    return line.startswith("console: ") and any(word in line for word in ("Content Security Policy", "sandboxed", "Unsafe attempt"))


def drawn(page: Page) -> None:
    """Bring each mail that is shown near, so that its frame is drawn, and go back to the top."""
    page.evaluate("""async () => {
        for (const holder of document.querySelectorAll(".mail:not([hidden]) .frame")) {
            holder.scrollIntoView();
            for (let tries = 0; !holder.querySelector("iframe")?.style.height; tries++) {
                if (tries > 1000) throw Error("a frame is not drawn");
                await new Promise((then) => setTimeout(then, 10));
            }
        }
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
