"""The commands about mail: what they take, and what they do. Imported for help too, so it imports nothing at its top that is slow."""

import argparse

TYPE_CHECKING = False  # as in cli.py
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime
    from pathlib import Path

    from sendbook.posting.hand_over import Posted
    from sendbook.posting.post import Meant, Post
    from sendbook.steps import MakeBar
    from sendbook.tables import Book

    Say = Callable[[str], None]

DONE, NOT_ALL = 0, 1
REFS = "MAIL"  # in help
MOST_DAYS = 36_500


def add_send(p: argparse.ArgumentParser, say: "Say", bar: "MakeBar") -> None:
    """What `sendbook send` takes. Without an action it prepares and shows."""
    p.epilog = (
        "MAIL is the mark that stands before a mail in the list (eight letters and digits), a pupil's UPN for all mails about them, or: all"
    )
    p.add_argument(
        "--pupil", nargs="+", metavar="UPN", help="only mails about these pupils (default: all on roll with SEN support or an EHC plan)"
    )
    p.add_argument("--again", action="store_true", help="prepare the same summary again for who has had it already")
    p.add_argument("--preview", action="store_true", help="open the page that shows each mail as its reader gets it")
    p.add_argument("--by", metavar="NAME", default="", help="who approves (default: who is logged in)")
    what = p.add_mutually_exclusive_group()
    what.add_argument("--approve", nargs="+", metavar=REFS, help="approve these mails, or all that were shown to you, and send them")
    what.add_argument(
        "--resume",
        action="store_true",
        help="send what was approved before, and find out about a mail that a run was sending when it was stopped",
    )
    what.add_argument("--withdraw", nargs="+", metavar=REFS, help="take these mails, or all, back that have not gone")
    what.add_argument(
        "--was-sent", nargs="+", metavar=REFS, help="these drafts, or mails nobody knew of, have gone; also takes “--was-not-sent” back"
    )
    what.add_argument(
        "--was-not-sent", nargs="+", metavar=REFS, help="these drafts, or mails nobody knew of, have not gone; also takes “--was-sent” back"
    )
    what.add_argument("--log", action="store_true", help="list every mail there was, the latest first")
    what.add_argument(
        "--forget", metavar="DAYS", type=_days, help="take documents older than so many days out of the outbox; what is known of them stays"
    )
    p.set_defaults(run=lambda args: _send(args, say, bar))


def _days(text: str) -> int:
    if text.isdecimal() and int(text) <= MOST_DAYS:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a number of days up to {MOST_DAYS}")


def add_mail(p: argparse.ArgumentParser, say: "Say") -> None:
    """What `sendbook mail` takes. Without a command it says what is set."""
    p.set_defaults(run=lambda args: _show(say))
    what = p.add_subparsers(title="commands", metavar="COMMAND")
    c = what.add_parser("set", help="change settings, for example: way=smtp smtp.host=mail.school.example")
    c.add_argument("words", nargs="*", metavar="NAME=VALUE", help="a setting; without any, they are listed")
    c.set_defaults(run=lambda args: _set(say, args.words))
    c = what.add_parser("password", help="keep the mail account's password where this computer keeps passwords")
    c.add_argument("--forget", action="store_true", help="take it away again")
    c.set_defaults(run=lambda args: _password(say, args.forget))
    c = what.add_parser("sign-in", help="sign in with Microsoft, with a code in the browser")
    c.add_argument("--out", action="store_true", help="sign out again")
    c.set_defaults(run=lambda args: _sign_in(say, args.out))
    c = what.add_parser("try", help="send one mail to the SENCo's own address, with nothing about a child in it")
    c.add_argument("book", type=_path, help="the master workbook, whose sheet School has the address")
    c.set_defaults(run=lambda args: _try(say, args.book))


def _path(text: str) -> "Path":
    from pathlib import Path

    return Path(text)


def _send(args: argparse.Namespace, say: "Say", bar: "MakeBar") -> int:
    from sendbook import steps
    from sendbook.posting.post import check_whose
    from sendbook.workbook.safe import CannotDo

    post = post_of(args.book, bar, args.today, args.summaries)
    check_whose(post, lambda: steps.read(post.path, steps.no_bar)[0])
    for action, wanted in _ACTIONS:
        if (value := getattr(args, wanted)) is not None and value is not False:
            if args.preview:
                raise CannotDo(
                    "--preview opens the page of mails that wait, so it goes alone: look at them first, then type the line again without it."
                )
            return action(args, post, say, value)
    return _prepare(args, post, say)


def post_of(book: "Path", bar: "MakeBar", today: "date | None" = None, summaries: "Path | None" = None) -> "Post":
    """A workbook's mailing with this person's settings. `today`: the computer's, where no other is meant."""
    from sendbook.mail.settings import read_settings
    from sendbook.posting.post import Post

    return Post(book, read_settings(), today or _now().date(), _now, bar, summaries)


def _now() -> "datetime":
    from datetime import datetime

    return datetime.now()  # noqa: DTZ005 - times in the outbox are in the SENCo's own time


def _prepare(args: argparse.Namespace, post: "Post", say: "Say") -> int:
    from itertools import chain

    from sendbook import steps
    from sendbook.mail.said import left_out_words, listing, others_wait, unheard_words, what_now
    from sendbook.posting.prepare import prepare_mails

    _log_waiting(post, say)
    book, unread = steps.read(post.path, post.bar)
    steps.refuse_missing_parts(unread)
    pupils = steps.chosen_pupils(book, post.today, args.pupil)
    ready = prepare_mails(post, book, unread, pupils, for_all=not args.pupil, again=args.again, show_all=not args.pupil)
    none = (left_out_words(ready.left_out), unheard_words(ready.prepared.unheard))
    for line in chain(ready.said, *none, listing(ready.entries), what_now(ready.entries, _line(args)), others_wait(ready.others)):
        say(line)
    say(f"Each mail as its reader gets it: {ready.page}")
    if args.preview:
        _open(ready.page)
    return DONE


def _line(args: argparse.Namespace) -> str:
    """The line that was typed, as far as the next one needs it."""
    pupils = f" --pupil {' '.join(args.pupil)}" if args.pupil else ""
    summaries = f' --summaries "{args.summaries}"' if args.summaries else ""
    return f'sendbook send "{args.book}"{pupils}{summaries}'


def _meant(args: argparse.Namespace, post: "Post", refs: list[str], book: "Book | None" = None) -> "Meant":
    """Which mails are meant; with --pupil only such about these pupils. `book`: the register, where it was read already."""
    from sendbook import steps
    from sendbook.posting.post import Meant

    if not args.pupil:
        return Meant(refs)
    return Meant(refs, steps.chosen_pupils(book or steps.read(post.path, post.bar)[0], post.today, args.pupil))


def _open(page: "Path") -> None:
    import webbrowser

    webbrowser.open(page.absolute().as_uri())


def _approve(args: argparse.Namespace, post: "Post", say: "Say", refs: list[str]) -> int:
    return _hand_over(args, post, say, refs, approve=True)


def _resume(args: argparse.Namespace, post: "Post", say: "Say", value: bool) -> int:
    return _hand_over(args, post, say, [], approve=False)


def _hand_over(args: argparse.Namespace, post: "Post", say: "Say", refs: list[str], *, approve: bool) -> int:
    from sendbook import steps
    from sendbook.mail.said import outcome, what_now
    from sendbook.posting.hand_over import approve_and_send, watched
    from sendbook.posting.post import logged_in
    from sendbook.workbook.safe import refuse_if_open

    refuse_if_open(post.path)  # what is typed there and not yet saved may bar somebody
    reread = watched(post.path, lambda path: steps.read(path, steps.no_bar))
    book, unread = steps.read(post.path, post.bar)
    meant = _meant(args, post, refs, book)
    posted = approve_and_send(post, book, unread, meant, args.by or logged_in(), reread, approve=approve)
    nothing = () if posted.sent.states else what_now([e for e in posted.entries if meant.is_about(e)], _line(args))
    for line in (*outcome(posted.sent, posted.where, posted.drafts, posted.entries, _line(args), posted.unseen), *nothing):
        say(line)
    _log_waiting(post, say)
    return DONE if _all_went(posted) else NOT_ALL


def _all_went(posted: "Posted") -> bool:
    from sendbook.mail.outbox import State

    fine = {State.SENT, State.DRAFTED}
    return not posted.sent.halted and all(state in fine for state, n in posted.sent.states.items() if n)


def _log_waiting(post: "Post", say: "Say") -> None:
    """Write sent mails into Communications; where the workbook is open elsewhere they wait, and it is said."""
    for line in log_waiting(post):
        say(line)


def log_waiting(post: "Post") -> "Iterator[str]":
    """Write the rows of sent mails into Communications of a closed workbook, and say so, or why they wait."""
    from sendbook import steps
    from sendbook.posting.after import into_closed, write_log
    from sendbook.workbook.safe import CannotDo

    try:
        if number := write_log(post, lambda: steps.read(post.path, steps.no_bar)[0], into_closed(post.path, post.now())):
            yield f"{number:,} {'row' if number == 1 else 'rows'} added to Communications; the workbook from before is kept beside it."
    except CannotDo as why:
        yield f"Not yet in Communications: {why} The rows are written at the next “sendbook send”."


def _withdraw(args: argparse.Namespace, post: "Post", say: "Say", refs: list[str]) -> int:
    from sendbook.posting.after import withdraw

    number = withdraw(post, _meant(args, post, refs))
    nothing = "No mail waits, so none was taken back. Of drafts that you deleted say: --was-not-sent"
    say(f"{_mails(number)} taken back, and not sent." if number else nothing)
    return DONE


def _mails(number: int) -> str:
    from sendbook.summaries.words import counted

    return counted(number, "mail")


def _was_sent(args: argparse.Namespace, post: "Post", say: "Say", refs: list[str]) -> int:
    from sendbook import steps
    from sendbook.posting.after import decide
    from sendbook.posting.post import recall_or_say

    meant = _meant(args, post, refs)
    unsure = [*recall_or_say(post, lambda: post.register(*steps.read(post.path, post.bar)))]
    said = decide(post, meant, sent=True)
    say(f"{_mails(len(said))} noted as sent." if said else NONE_TO_SAY_OF)
    for line in (*unsure, *_recalled(args, post, meant), *_otherwise(args, said, "If this was a slip", "--was-not-sent")):
        say(line)
    _log_waiting(post, say)
    return DONE


def _otherwise(args: argparse.Namespace, refs: list[str], when: str, option: str) -> "Iterator[str]":
    """The line that takes back what was just said of mails, and when to type it."""
    if refs:
        yield f"{when}: {_line(args)} {option} {' '.join(refs)}"


NONE_TO_SAY_OF = "0 mails noted: none that is meant lies as a draft, and of none it is not known whether it went."


def _recalled(args: argparse.Namespace, post: "Post", meant: "Meant") -> "Iterator[str]":
    """Drafts that all does not mean, as they must not be sent."""
    from sendbook.mail.outbox import State
    from sendbook.posting.post import everything

    left = [e.ref for e in everything(post) if e.state is State.RECALLED and meant.is_about(e)]
    if left:
        yield f"{_mails(len(left))} must not be sent, so “all” is not {'this' if len(left) == 1 else 'these'}: {', '.join(left)}."
        yield f"Deleted without sending: {_line(args)} --was-not-sent {' '.join(left)} (where one went: --was-sent)"


def _was_not_sent(args: argparse.Namespace, post: "Post", say: "Say", refs: list[str]) -> int:
    from sendbook.posting.after import decide

    said = decide(post, _meant(args, post, refs), sent=False)
    if not said:
        say(NONE_TO_SAY_OF)
        return DONE
    say(f"{_mails(len(said))} noted as not sent; “sendbook send” prepares again what may go.")
    say("A draft that lies in your mail program you delete there. Where Communications tells of the mail, delete that row too.")
    for line in _otherwise(args, said, f"Only if {'it' if len(said) == 1 else 'they'} went all the same", "--was-sent"):
        say(line)
    return DONE


def _log(args: argparse.Namespace, post: "Post", say: "Say", value: bool) -> int:
    from sendbook.mail.said import log_lines
    from sendbook.posting.post import everything

    entries = everything(post)  # first, so that an outbox in use is said once
    _log_waiting(post, say)
    for line in log_lines([*filter(_meant(args, post, []).is_about, entries)]):
        say(line)
    if not post.outbox_path.exists():
        say(
            f"There is no {post.outbox_path.name} yet. If the workbook was renamed, “sendbook send” with the workbook alone finds what went before."
        )
    return DONE


def _forget(args: argparse.Namespace, post: "Post", say: "Say", days: int) -> int:
    from datetime import timedelta

    from sendbook.workbook.safe import CannotDo

    if args.pupil:
        raise CannotDo("--forget is for all pupils, so it goes without --pupil. Nothing was done.")
    with post.outbox() as outbox:
        number = outbox.forget_documents(post.now() - timedelta(days=days))
    say(f"The documents of {number:,} mails were taken out of the outbox; when they went and to whom stays in it.")
    return DONE


_ACTIONS = (
    (_approve, "approve"),
    (_resume, "resume"),
    (_withdraw, "withdraw"),
    (_was_sent, "was_sent"),
    (_was_not_sent, "was_not_sent"),
    (_log, "log"),
    (_forget, "forget"),
)


# --- setting mail up ---
def _show(say: "Say") -> int:
    from sendbook.mail.setting_up import show
    from sendbook.mail.settings import read_settings

    say(show(read_settings()))
    return DONE


def _set(say: "Say", words: list[str]) -> int:
    from sendbook.mail.setting_up import show
    from sendbook.mail.settings import changed, described, read_settings, write_settings
    from sendbook.workbook.safe import CannotDo

    if not words:
        for name, takes in described():
            say(f"{name}: {takes}")
        return DONE
    if wrong := [w for w in words if "=" not in w]:
        raise CannotDo(f"“{wrong[0]}” has no = in it. Write a setting as NAME=VALUE, for example: sendbook mail set way=smtp")
    settings = changed(read_settings(), {name.strip(): value.strip() for name, _, value in (w.partition("=") for w in words)})
    write_settings(settings)
    say(show(settings))
    return DONE


def _password(say: "Say", forget: bool) -> int:
    import sys
    from getpass import getpass

    from sendbook.mail.secrets import check_place, forget_password, keep_password
    from sendbook.mail.settings import read_settings
    from sendbook.workbook.safe import CannotDo

    settings = read_settings()
    if forget:
        say("The password was taken away." if forget_password(settings) else "There was no password to take away.")
        return DONE
    check_place(settings)
    if sys.stdin is None or not sys.stdin.isatty():  # getpass would show what is typed, or fail
        raise CannotDo("The password has to be typed in a terminal, where it is not shown. Nothing was kept.")
    secret = getpass(f"Password of {settings.smtp.user or 'the mail account'} (it is not shown as you type): ")
    if not secret:
        raise CannotDo("Nothing was typed, so nothing was kept.")
    keep_password(settings, secret)
    say("The password is kept where this computer keeps passwords.")
    return DONE


def _sign_in(say: "Say", out: bool) -> int:
    from sendbook.mail.settings import read_settings
    from sendbook.mail.sign_in import sign_in, sign_out

    settings = read_settings()
    if out:
        say("Signed out." if sign_out(settings) else "Nobody was signed in.")
    else:
        sign_in(settings, say)
        say("Signed in.")
    return DONE


def _try(say: "Say", book: "Path") -> int:
    from sendbook import steps
    from sendbook.mail.address import NotUsableError, one_address
    from sendbook.mail.setting_up import try_out
    from sendbook.mail.settings import read_settings
    from sendbook.mail.way import Fate
    from sendbook.workbook.safe import CannotDo

    school = steps.read(book, steps.no_bar)[0].school
    try:
        address = one_address(school.senco_email)
    except NotUsableError as no:
        raise CannotDo(f"No mail was sent: on School, “SENCo email”, {no.said}. {no.todo}") from no
    outcome = try_out(read_settings(), address, steps.beside(book, "mail drafts", None, ""))
    say(outcome.told)
    return DONE if outcome.fate is Fate.TAKEN else NOT_ALL
