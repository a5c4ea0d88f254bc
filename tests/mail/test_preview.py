"""The page that is read before mails go, in a real browser: it can be used by everyone, fetches nothing, and texts are only texts."""

import os
import re
import socket
import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
from playwright.sync_api import expect

from sendbook.mail.preview import number_of, overview, preview_page, relative, seen, size
from sendbook.mail.shown import ShownLeftOut
from tests.live import ROOT
from tests.mail.browser import EVIL, HOSTILE, HTML, KINDS, MANY, TABLE, TRAPS, USUAL, barriers, chromium, drawn, mail, opened, preview


def text_of(data):
    """The whole page."""
    return "".join(preview_page(data))


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def show(browser, tmp_path):
    def file(data):
        path = tmp_path / "preview.html"
        path.write_text(text_of(data), encoding="utf-8")
        return path

    return lambda data, **how: opened(browser, file(data), **how)


def names(page):
    """The pupils of the mails that are shown."""
    return [re.sub(r"^\d+\. About | to .*", "", text).rstrip(",") for text in page.locator(".mail:visible h3").all_text_contents()]


# What can be told without a browser


def test_the_same_data_give_the_same_page():
    code = "import sys, tests.mail.test_preview as t; sys.stdout.buffer.write(t.text_of(t.USUAL).encode())"
    env = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"}
    other = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, check=True)
    assert text_of(USUAL) == text_of(replace(USUAL)) == other.stdout.decode()


def test_counts():
    two = preview(
        mail(), mail("Ben Okafor", address="GRACE@mail.example"), mail(contact="John Okafor"), left_out=[ShownLeftOut("A", "", "B")]
    )
    assert overview(two).counts == {"mails": 3, "people": 2, "pupils": 2, "left_out": 1, "go": 3, "barred": 0, "look": 0, "changed": 0}
    assert [number_of(n, "mail", "mails") for n in (0, 1, 1200)] == ["0 mails", "1 mail", "1,200 mails"]
    assert [size(n) for n in (0, 1, 1023, 1024, 86_211, 3_000_000)] == ["1 KB", "1 KB", "1 KB", "1 KB", "84 KB", "2,930 KB"]


@pytest.mark.parametrize("address", ["a.pdf", "Do%20not/a.pdf", "../Summaries/Zoë A.pdf", "./a.pdf"])
def test_a_relative_address_is_linked(address):
    assert relative(address) == address
    assert f'href="{address}"' in text_of(preview(mail(document_href=address)))


@pytest.mark.parametrize(
    "address",
    ["", "javascript:alert(1)", "JaVa\tscript:alert(1)", " javascript:alert(1)", "\x01javascript:alert(1)", "data:text/html,x", "//evil.example/a", "/etc/a",
     "\\\\evil\\a", "/\\evil", "https://evil.example", "C:\\a.pdf", "C:/a.pdf", "file:a", "a\u202efdp.exe", "a\nb", "x:y"],
)  # fmt: skip
def test_no_other_address_is_linked(address):
    assert relative(address) == ""
    assert "Open the summary" not in text_of(preview(mail(document_href=address)))


def test_a_draft_that_must_not_be_sent_is_nobodys_mail():
    told = preview(mail(goes=False, barred=True), mail("Ben Okafor"))
    assert overview(told).counts == {"mails": 2, "people": 1, "pupils": 1, "left_out": 0, "go": 1, "barred": 1, "look": 0, "changed": 0}
    assert "<strong>1 draft must not be sent any more: it stands first.</strong>" in text_of(told)
    assert "must not be sent" not in text_of(USUAL)


def test_letters_that_hide_are_named():
    assert seen("a\u202eb\x00\u2068c\u2069") == "a[U+202E]b[U+0000]\u2068c\u2069"
    assert "a[U+202E]b" in text_of(preview(mail(address="a\u202eb")))


def test_each_style_of_a_mail_is_found_once():
    pages = ("<style>a</style><STYLE media='x'>b</STYLE>", "<style>a</style>", "none")
    assert overview(preview(*(mail(html=page) for page in pages))).styles == ("a", "b")


def test_nothing_moves_on_the_page():
    assert not re.search("transition|animation|smooth", text_of(USUAL))


# For everyone


BESIDE = """[...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > innerWidth + .5
    && !e.closest(".unseen, thead")).map((e) => e.outerHTML.slice(0, 99))"""


@pytest.mark.parametrize("kind", KINDS)
def test_no_barrier_and_nothing_beside_the_screen(show, kind):
    with show(KINDS[kind]) as page:
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            drawn(page)
            assert (page.evaluate("document.documentElement.scrollWidth"), page.evaluate(BESIDE)) == (width, [])
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert barriers(page) == [], (scheme, width)


def test_axe_finds_no_barrier_while_the_page_is_used(show):
    with show(USUAL) as page:
        page.locator(".mail details summary").first.click()
        page.get_by_label("New or changed").check()
        page.get_by_role("button", name="Next mail").click()
        assert barriers(page) == []
        page.get_by_role("searchbox").fill("nobody of that name")
        expect(page.locator("#shown")).to_have_text("Shown: 0 of 4 mails, 0 of 2 without a mail.")
        expect(page.get_by_text("No mail fits what you look for.")).to_be_visible()
        assert barriers(page) == []


def test_side_by_side_becomes_one_below_the_other(show):
    place = "[...document.querySelectorAll('.mail .sides > div')].slice(0, 2).map((e) => [e.getBoundingClientRect().left, e.getBoundingClientRect().top])"
    with show(USUAL, viewport={"width": 1280, "height": 900}) as page:
        facts, letter = page.evaluate(place)
        assert facts[0] < letter[0] and facts[1] == letter[1]
        page.set_viewport_size({"width": 640, "height": 450})  # 1280 pixels at 200%
        facts, letter = page.evaluate(place)
        assert facts[0] == letter[0] and facts[1] < letter[1]


def test_tab_reaches_everything_in_order_and_shows_where_it_is(show):
    with show(preview(*USUAL.mails[:2]), viewport={"width": 1280, "height": 5000}) as page:
        drawn(page)
        reached = []
        for _ in range(30):
            page.keyboard.press("Tab")
            told = page.evaluate(
                """() => { const e = document.activeElement, s = getComputedStyle(e);
                return [e.title || e.labels?.[0]?.textContent.trim() || e.textContent.trim(), parseFloat(s.outlineWidth), s.outlineStyle, e.localName]; }"""
            )
            if told[3] == "body":
                break
            assert told[3] == "iframe" or (told[1] >= 2 and told[2] != "none"), told
            reached.append(told[0])
        each = ["Mail {}, about {}, to {}", "The same as plain text", "Open the summary about {1} for {2}, in a new tab"]
        assert reached == [
            "Skip to the mails", "The mails", "Who gets no mail", "Find a name, address, reason or subject", "All (2)", "Previous mail", "Next mail",
            *(text.format(n, m.pupil, m.contact) for n, m in enumerate(USUAL.mails[:2], 1) for text in each),
        ]  # fmt: skip


def test_skip_link_and_jumps_move_the_focus(show):
    with show(USUAL) as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#mails")).to_be_focused()
        page.get_by_role("navigation").get_by_role("link", name="Who gets no mail").press("Enter")
        expect(page.locator("#left-out")).to_be_focused()


def test_keys_and_buttons_go_from_mail_to_mail(show):
    heading = "About {}"
    under_the_bar = """Math.max(0, document.querySelector('#tools').getBoundingClientRect().bottom
        - document.activeElement.getBoundingClientRect().top)"""
    with show(USUAL) as page:
        for key, pupil in [("Down", "Amara"), ("Down", "Lina"), ("Down", "Tom"), ("Up", "Lina"), ("Up", "Amara"), ("Up", "Amara")]:
            page.keyboard.press(f"Alt+Page{key}")
            expect(page.get_by_role("heading", name=heading.format(pupil))).to_be_focused()
            expect(page.get_by_role("heading", name=heading.format(pupil))).to_be_in_viewport()
            assert page.evaluate(under_the_bar) == 0
        expect(page.locator("#place")).to_have_text("No mail before this.")
        page.get_by_role("button", name="Next mail").click()
        expect(page.get_by_role("heading", name=heading.format("Lina"))).to_be_focused()
        expect(page.locator("#place")).to_have_text("Mail 2 of 4.")
        for _ in range(3):
            page.get_by_role("button", name="Next mail").click()
        expect(page.locator("#place")).to_have_text("No mail after this.")
        expect(page.get_by_role("button", name="Next mail")).to_be_focused()


def test_keys_work_from_the_search_and_from_within_a_mail_and_pass_over_what_is_filtered_out(show):
    with show(USUAL) as page:
        page.get_by_role("searchbox").fill("o")
        page.get_by_label("To look at").check()
        page.get_by_label("All (4)").check()
        page.get_by_role("searchbox").fill("ash")
        page.keyboard.press("Alt+PageDown")
        expect(page.get_by_role("heading", name="About Tom Ash")).to_be_focused()
        page.frame_locator(".mail:visible iframe").get_by_role("link").focus()
        page.keyboard.press("Alt+PageDown")
        expect(page.locator("#place")).to_have_text("No mail after this.")


def test_typing_in_the_search_is_only_typing(show):
    with show(USUAL) as page:
        box = page.get_by_role("searchbox")
        box.press_sequentially("n p j k / ? N P 1 ")
        expect(box).to_have_value("n p j k / ? N P 1 ")
        box.press("PageDown")
        box.press("Control+PageDown")
        expect(box).to_be_focused()


# What it shows


def test_a_mail_as_it_will_be_seen_and_why(show):
    with show(USUAL, viewport={"width": 1280, "height": 900}) as page:
        expect(page).to_have_title("4 mails to look at before they go – Oakfield School")
        expect(page.locator(".act")).to_have_text("When you approve, 4 mails will be put as drafts into the folder Sendbook.")
        drawn(page)
        first, second, third, fourth = page.locator(".mail").all()
        for text in ("From\nOakfield School <send@oakfield.example>", "To\ngrace@mail.example", "Reply to\nsenco@oakfield.example"):
            assert re.sub(r"\n+", "\n", first.inner_text()).count(text) == 1
        expect(first).to_contain_text(re.compile(r"Attached: Summary.pdf, 84 KB\.\s+It opens with the password agreed\."))
        expect(first.get_by_role("link")).to_have_attribute("href", "Summaries/Summary%20A.pdf")
        expect(second.locator(".look")).to_have_text(re.compile(r"Look at this\s+There is no text in Arabic.\s+Taken out of"))
        expect(third).to_contain_text("It opens without a password.")
        expect(fourth).to_contain_text("Nothing is attached.")
        expect(fourth.locator("pre")).to_be_visible()  # it has no other form
        expect(first.locator("pre")).to_be_hidden()
        cells = page.get_by_role("table").get_by_role("row").nth(2).locator("th, td").all_text_contents()
        assert cells == ["Sam Cole", "All contacts", "Its summary lies in “Do not send yet”.", ""]


def test_a_frame_shows_the_mail_with_its_style_as_high_as_it_is(show):
    tall = mail(html=HTML.format(to="you", about="<br>" * 80 + "the end"))
    with show(preview(tall, mail()), viewport={"width": 1280, "height": 900}, color_scheme="dark") as page:
        drawn(page)
        inside = page.frame_locator("iframe >> nth=0")
        expect(inside.locator("p").last).to_contain_text("the end")
        expect(inside.locator("p").first).to_have_css("color", "rgb(1, 2, 3)")
        expect(inside.locator("body")).to_have_css("margin-top", "7px")
        high, low = page.evaluate(
            "[...document.querySelectorAll('iframe')].map((f) => [f.offsetHeight, f.contentDocument.documentElement.scrollHeight])"
        )
        assert high[0] == high[1] > 1500 and low[0] == low[1] < 250


FOUND = [
    ("ADEYEMI", 1, 0), ("o'neill zoe", 1, 0), ("yusuf@mail", 1, 0), ("carer", 1, 0), ("support for lina", 1, 0),
    ("tom ash", 1, 1), ("court", 0, 1), ("(.*", 0, 0),
]  # fmt: skip


def test_search_filters_and_says_how_many_and_escape_clears(show):
    with show(USUAL) as page:
        box, shown = page.get_by_role("searchbox"), page.locator("#shown")
        expect(shown).to_have_attribute("aria-live", "polite")
        for words, mails, rows in FOUND:
            box.fill(words)
            expect(shown).to_have_text(f"Shown: {mails} of 4 mails, {rows} of 2 without a mail.")
            assert (page.locator(".mail:visible").count(), page.locator("tbody tr:visible").count()) == (mails, rows), words
        box.press("Escape")
        expect(box).to_have_value("")
        expect(shown).to_have_text("Shown: 4 of 4 mails, 2 of 2 without a mail.")
        assert len(names(page)) == 4


def test_filters(show):
    with show(USUAL) as page:
        page.get_by_label("To look at (1)").check()
        assert names(page) == ["Lina Haddad"]
        page.get_by_label("New or changed (1)").check()
        assert names(page) == ["Tom Ash"]
        page.get_by_role("searchbox").fill("lina")
        assert names(page) == []
        page.get_by_label("All (4)").check()
        assert names(page) == ["Lina Haddad"]


def test_three_hundred_mails_are_filtered_and_drawn_only_where_looked_at(show):
    with show(MANY) as page:
        assert page.locator("iframe").count() < 10
        page.get_by_role("searchbox").fill("parent299")
        expect(page.locator("#shown")).to_have_text("Shown: 1 of 300 mails.")
        assert names(page) == ["Pupil299"]
        expect(page.frame_locator(".mail:visible iframe").locator("p").first).to_have_text("Dear Parent299,")
        page.get_by_role("searchbox").press("Escape")
        expect(page.locator("#shown")).to_have_text("Shown: 300 of 300 mails.")
        assert page.locator("iframe").count() < 20
        page.locator(".mail").nth(250).scroll_into_view_if_needed()
        page.get_by_role("searchbox").fill("p7@")
        expect(page.get_by_role("heading", name="About Pupil7,")).to_be_in_viewport()  # though the page was scrolled far past it


def test_when_there_is_nothing_it_says_so(show):
    with show(preview()) as page:
        for text in ("There is nothing to approve.", "There are no mails to send.", "Nobody is left out."):
            expect(page.get_by_text(text)).to_be_visible()
        assert page.get_by_role("searchbox").count() == page.get_by_role("button").count() == page.get_by_role("table").count() == 0


def test_without_javascript_everything_can_be_read(show):
    with show(USUAL, java_script_enabled=False) as page:
        expect(page.get_by_role("searchbox")).to_be_hidden()
        text = " ".join(page.locator("body").inner_text().split())
        for one in USUAL.mails:
            told = [
                one.pupil,
                one.contact,
                one.address,
                one.reason,
                one.state,
                one.subject,
                one.changed,
                *one.notes,
                " ".join(one.text.split()),
            ]
            assert [part for part in told if part not in text] == []
        assert [part for one in USUAL.left_out for part in (one.pupil, one.contact, one.reason, one.todo) if part not in text] == []


def test_on_paper_mails_stand_as_text_each_on_one_page(show):
    with show(USUAL) as page:
        page.get_by_role("searchbox").fill("okafor")
        expect(page.locator("#shown")).to_have_text("Shown: 1 of 4 mails, 0 of 2 without a mail.")
        part = page.pdf(prefer_css_page_size=True)
        page.get_by_role("searchbox").fill("")
        expect(page.locator("#shown")).to_have_text("Shown: 4 of 4 mails, 2 of 2 without a mail.")
        sheets, few = (
            [" ".join(leaf.get_textpage().get_text_bounded().split()) for leaf in pypdfium2.PdfDocument(BytesIO(p))]
            for p in (page.pdf(), part)
        )
        expect(page.locator("pre").first).to_be_hidden()
    for one in USUAL.mails:
        start = f"About {one.pupil}, to {one.contact}"
        assert [s for s in sheets if start in s and " ".join(one.text.split()) in s.partition(start)[2]], one.pupil
    assert "Previous mail" not in " ".join(sheets) and "Lina" not in " ".join(few) and "Shown: 1 of 4 mails" in few[0]


# What it must not do


def spoiled(texts):
    """A page with each text in every place there is, and all of them in the page's own head."""
    mails = [mail(**dict.fromkeys((*TABLE, "ref"), t), notes=(t, t), html=f"<p>{t}</p>") for t in texts]
    every = " ".join(texts)
    return preview(*mails, left_out=[ShownLeftOut(t, t, t, t) for t in texts], school=every, workbook=every, way=every)


def test_typed_text_is_only_text(show):
    shape = "[...document.querySelectorAll('*')].map((e) => [e.localName, ...e.getAttributeNames()].join())"
    with show(spoiled(["harmless"] * len(HOSTILE))) as page:
        drawn(page)
        harmless = page.evaluate(shape)
    with show(spoiled(HOSTILE)) as page:
        drawn(page)
        assert page.evaluate(shape) == harmless
        assert page.title().startswith(f"{len(HOSTILE)} mails to look at before they go – ")
        for text, heading in zip(HOSTILE, page.locator(".mail h3").all_inner_texts(), strict=True):
            assert " ".join(seen(text).encode("utf-8", "replace").decode().split()) in " ".join(heading.split())
        page.get_by_role("searchbox").fill(EVIL)
        page.keyboard.press("Alt+PageDown")
        expect(page.locator("h3:focus")).to_contain_text(EVIL)
        page.wait_for_timeout(100)  # for a dialog that is late


def test_a_letter_that_turns_round_stays_within_its_name(show):
    with show(preview(mail("A\u2067\u2066\u202e", "Grace"))) as page:
        left = """(word) => { const range = document.createRange();
            range.selectNode(document.querySelectorAll("h3 bdi")[word]); return range.getBoundingClientRect().left; }"""
        assert page.evaluate(left, 0) < page.evaluate(left, 1)


def test_nothing_is_fetched_and_no_mail_can_do_anything(show, browser):
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.setblocking(False)
        traps = TRAPS.format(at=f"http://127.0.0.1:{trap.getsockname()[1]}/")
        fetched, kept = [], []
        with show(preview(mail(html=traps), mail(html=f"<html><head>{traps}</head></html>"), mail())) as page:
            page.on("requestfinished", lambda request: fetched.append(request.url))
            page.on("requestfailed", lambda request: kept.append(request.failure))
            page.reload()
            drawn(page)
            inside = page.frame_locator("iframe >> nth=0")
            for part in ("button", "a >> nth=0", "a >> nth=1"):
                inside.locator(part).click()
                expect(inside.locator(part)).to_be_visible()
            page.wait_for_timeout(200)
            assert fetched == [page.url] and set(kept) <= {"csp", "origin"}, "what is asked for is stopped before it leaves the browser"
            expect(page).to_have_title(re.compile("^3 mails to look at"))
            expect(inside.get_by_title("http://127.0.0.1").first).to_have_text("top")
            assert len(page.context.pages) == 1
        with pytest.raises(BlockingIOError):
            trap.accept()
        page = browser.new_page()  # the trap itself would have caught something
        page.set_content(traps, wait_until="commit")
        page.wait_for_timeout(200)
        trap.accept()[0].close()
        page.close()


def test_the_policy_names_our_script_and_nothing_else():
    page = text_of(USUAL)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1].replace("&#39;", "'")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.keys() == {"default-src", "script-src", "style-src-elem", "style-src-attr", "img-src", "base-uri", "form-action"}
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'" and rules["img-src"] == "data:"
    assert re.fullmatch(r"'sha256-[\w+/=]+'", rules["script-src"]) and re.fullmatch(r"('sha256-[\w+/=]+' ?){2}", rules["style-src-elem"])
    assert page.index("Content-Security-Policy") < page.index("<style") and page.count("<script") == 1
