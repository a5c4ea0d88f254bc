"""The command line: a thin front end that joins the steps, shows progress, and turns failure into one sentence.

Exit codes: 0 done (a check: no errors), 1 a check found errors, some papers could not be written, or the add-in is not
wholly in place or away, 2 could not run.
What a command needs is imported when it runs, so that help comes at once; even dates and paths.
"""

import argparse
import gc
import os
import sys
from collections.abc import Sequence

from sendbook import __version__

CLEAN, PROBLEMS, COULD_NOT = 0, 1, 2
TODAY = "today"
COLLECT = (200_000, 50, 100)  # a book's rows live to the end: looking for rubbish among them took a tenth of the time
TYPE_CHECKING = False  # as type checkers know it; importing it from typing would take a third of the time of help


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; give its exit code. Never raises: what goes wrong is one sentence on stderr, details in the log."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console without a letter of a name shows ?, and goes on
    args = _parser().parse_args(argv)
    gc.set_threshold(*COLLECT)
    try:
        return int(args.run(args))
    except BrokenPipeError:  # whoever reads our output wants no more of it
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - so that closing it at exit is quiet too
        return CLEAN
    except KeyboardInterrupt:
        _say_error("Stopped. What was finished is kept; nothing is half-written.")
    except Exception as e:
        from datetime import datetime

        from sendbook.failure import sentence

        _say_error(sentence(e, datetime.now()))  # noqa: DTZ005 - the log is in the SENCo's own time
    return COULD_NOT


def _say(text: str = "") -> None:
    sys.stdout.write(text + "\n")


def _say_error(text: str) -> None:
    sys.stderr.write(f"sendbook: {text}\n")


# --- what each command takes ---
class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a typed line in words that help, as a SENCo is no programmer."""

    def error(self, message: str) -> "NoReturn":
        """End with code 2 after one sentence; Python's own is turned into ours where people meet it."""
        kind, _, what = message.partition(": ")
        if kind == "unrecognized arguments" and what.startswith("-"):
            message = f"There is no option {what.split()[0]}. “{self.prog} --help” lists those there are."
        elif kind == "unrecognized arguments":
            message = (
                f'“{what}” is one thing too many. A file name with spaces goes between quotation marks: {self.prog} "SEND register.xlsx"'
            )
        elif kind == "the following arguments are required":
            message = f"Something is missing: {what}. “{self.prog} --help” shows what to type."
        self.exit(COULD_NOT, f"{self.prog}: {message}\n")


def _day(text: str) -> "date":
    from datetime import date

    try:
        return date.today() if text == TODAY else date.fromisoformat(text)  # noqa: DTZ011 - today where the SENCo is
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a date; write it as 2026-11-24") from None


def _path(text: str) -> "Path":
    from pathlib import Path

    return Path(text)


def _count(text: str) -> int:
    if text.isdigit() and 1 <= int(text) <= 20_000:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a number of pupils from 1 to 20,000")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="sendbook",
        description="The SEND register and provision map in one Excel workbook: find what is wrong, cost it, write each pupil's summary, mail it.",
        epilog="Try it: “sendbook demo” makes an invented school and does everything to it. Help on a command: sendbook COMMAND --help",
    )
    parser.add_argument("--version", action="version", version=f"sendbook {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (
        _add_demo,
        _add_new,
        _add_import,
        _add_check,
        _add_cost,
        _add_summaries,
        _add_send,
        _add_mail,
        _add_install,
        _add_uninstall,
        _add_doctor,
        _add_addin,
    ):
        add(commands)
    return parser


if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from typing import NoReturn

    from sendbook.importing import ImportPlan
    from sendbook.steps import Bar

    Commands = argparse._SubParsersAction[_Parser]


def _add_demo(commands: "Commands") -> None:
    p = commands.add_parser("demo", help="make an invented school's workbook and do everything to it")
    p.add_argument("folder", nargs="?", type=_path, default="Sendbook demo", help="where to put it (default: %(default)s)")
    p.add_argument("--pupils", type=_count, default=None, help="how many pupils the register has, 1 to 20,000")
    p.add_argument("--seed", type=int, default=None, help="another number makes another school")
    p.add_argument("--clean", action="store_true", help="without the planted mistakes")
    p.set_defaults(run=_demo)


def _add_new(commands: "Commands") -> None:
    p = commands.add_parser("new", help="make an empty master workbook")
    p.add_argument("file", type=_path, help="the workbook to make, for example “SEND register.xlsx”")
    p.add_argument(
        "--macros", action="store_true", help="with the Sendbook tab in the workbook itself (.xlsm), where add-ins are not allowed"
    )
    _today_option(p)
    p.set_defaults(run=_new)


def _add_import(commands: "Commands") -> None:
    p = commands.add_parser("import", help="bring in a list of pupils from a MIS or an old register")
    p.add_argument("file", type=_path, help="a CSV or Excel list")
    p.add_argument("--into", type=_path, required=True, metavar="BOOK", help="the master workbook")
    p.add_argument("--write", action="store_true", help="write it into the workbook; without this it only shows what it would do")
    p.set_defaults(run=_import)


def _add_check(commands: "Commands") -> None:
    p = commands.add_parser("check", help="find what is wrong or missing")
    _book_option(p)
    p.add_argument(
        "--format", choices=("sheet", "text", "json"), default="sheet", help="sheet: a new workbook beside it (default); or on the screen"
    )
    p.set_defaults(run=_check)


def _add_cost(commands: "Commands") -> None:
    p = commands.add_parser("cost", help="cost the provision: groups, pupils, areas, staff")
    _book_option(p)
    p.set_defaults(run=_cost)


def _add_summaries(commands: "Commands") -> None:
    p = commands.add_parser("summaries", help="write each pupil's summary for the parents")
    _book_option(p)
    p.add_argument("--pupil", nargs="+", metavar="UPN", help="only these pupils (default: all on roll with SEN support or an EHC plan)")
    p.set_defaults(run=_summaries)


def _add_send(commands: "Commands") -> None:
    from sendbook.cli_mail import add_send

    p = commands.add_parser("send", help="mail each parent their own child's summary: prepare, look, approve, send")
    p.add_argument("book", type=_path, help="the master workbook")
    p.add_argument("--summaries", type=_path, metavar="FOLDER", help="the folder of the summaries (default: the one beside the workbook)")
    _today_option(p)
    add_send(p, _say, _bar)


def _add_mail(commands: "Commands") -> None:
    from sendbook.cli_mail import add_mail

    add_mail(commands.add_parser("mail", help="say how mail leaves this computer: drafts, Outlook, a mail server, Microsoft 365"), _say)


def _add_install(commands: "Commands") -> None:
    p = commands.add_parser("install", help="put the tab Sendbook into this user's Excel")
    p.set_defaults(run=_install)


def _add_uninstall(commands: "Commands") -> None:
    p = commands.add_parser("uninstall", help="take the tab Sendbook away again; workbooks stay as they are")
    p.set_defaults(run=_uninstall)


def _add_doctor(commands: "Commands") -> None:
    p = commands.add_parser("doctor", help="say what of the tab Sendbook is in place, what is not, and what to do")
    p.add_argument("book", type=_path, nargs="?", help="a workbook to look at as well")
    p.set_defaults(run=_doctor)


def _add_addin(commands: "Commands") -> None:
    p = commands.add_parser("addin", help="for IT staff: the add-in as a file to hand out")
    what = p.add_subparsers(title="commands", metavar="COMMAND", required=True)
    b = what.add_parser("build", help="build the add-in as a file")
    b.add_argument("file", type=_path, nargs="?", default="Sendbook.xlam", help="where to put it (default: %(default)s)")
    b.set_defaults(run=_addin_build)


def _book_option(p: argparse.ArgumentParser) -> None:
    p.add_argument("book", type=_path, help="the master workbook")
    p.add_argument("--out", type=_path, help="where the results go (default: beside the workbook)")
    _today_option(p)


def _today_option(p: argparse.ArgumentParser) -> None:
    p.add_argument("--today", type=_day, default=TODAY, metavar="DATE", help="the day to take as today, as 2026-11-24")


# --- what each command does ---
def _new(args: argparse.Namespace) -> int:
    from sendbook.workbook.master import blank_rows, write_master
    from sendbook.workbook.safe import CannotDo

    path = _new_path(args.file, ".xlsm" if args.macros else ".xlsx")
    if path.exists():
        raise CannotDo(f"There is already a file {path.name} in {path.parent.resolve()}. Nothing was changed; choose another name.")
    if args.macros:
        from sendbook.addin.build import macro_workbook

        macro_workbook(path, blank_rows(args.today))
    else:
        write_master(path, blank_rows(args.today))
    _say(f"Made {path}. Open it in Excel and start with the sheet School; then Terms and Pupils.")
    _say(f'To bring a list in from your MIS: sendbook import LIST.csv --into "{path}"')
    if args.macros:
        _say("Its buttons ask where Python is: type once on each computer “uv run sendbook install”, in the folder of Sendbook.")
    return CLEAN


def _new_path(path: "Path", suffix: str) -> "Path":
    from sendbook.workbook.safe import CannotDo

    if path.suffix and path.suffix.lower() != suffix:
        what = "A workbook with macros" if suffix == ".xlsm" else "The master workbook is a plain Excel workbook and"
        also = "; or add --macros for the Sendbook tab in it" if path.suffix.lower() == ".xlsm" else ""
        raise CannotDo(f"{path.name} does not end in {suffix}. {what} needs it: choose a name such as {path.stem}{suffix}{also}.")
    return path if path.suffix else path.with_suffix(suffix)


def _import(args: argparse.Namespace) -> int:
    from datetime import datetime

    from sendbook import steps
    from sendbook.importing import apply_import, describe, plan_import, read_list

    book, problems = steps.read(args.into, _bar)
    plan = plan_import(book, read_list(args.file), problems)
    copy = apply_import(plan, args.into, datetime.now()) if args.write else None  # noqa: DTZ005 - the copy's name is in the SENCo's own time
    first, last = _import_words(plan, args.into, copy)
    _say(f"{first}\n\n{describe(plan, written=copy is not None)}\n{last}")
    if copy:
        _log_mails(args.into)
    return CLEAN


def _log_mails(book: "Path") -> None:
    """Rows of sent mails wait while a workbook is open in Excel; they are written with the next thing that is."""
    from sendbook.cli_mail import log_waiting, post_of

    for line in log_waiting(post_of(book, _bar)):
        _say(line)


def _import_words(plan: "ImportPlan", book: "Path", copy: "Path | None") -> tuple[str, str]:
    """What has been written, for above the plan, and what to do now, for below it, where a long plan ends on the screen."""
    counts = f"{len(plan.add):,} added, {len(plan.change):,} changed"
    if copy:
        return f"Written into {book}.", f"Written into {book}: {counts}. The workbook from before is kept as {copy.name}."
    if not plan.writes:
        nothing = f"There is nothing to write, and {book.name} stays as it is."
        return nothing, nothing + (" Some rows were not taken: see above." if plan.not_taken else "")
    return (
        "Nothing has been written yet. This is what would be done:",
        f"Nothing has been written yet ({counts}, if you do). To write it, do the same again with --write at the end.",
    )


def _check(args: argparse.Namespace) -> int:
    from sendbook import steps

    problems = steps.checked(args.book, args.today, _bar)
    if args.format == "text":
        _say(steps.as_text(problems))
    elif args.format == "json":
        _say(steps.as_json(args.book, problems))
    else:
        path = steps.write_checks(problems, args.book, args.out)
        _say(f"{steps.counted(problems)}. The list is in {path}")
    return steps.exit_code(problems)


def _cost(args: argparse.Namespace) -> int:
    from sendbook import steps

    done = steps.cost(args.book, args.today, args.out, _bar)
    _say(done.words)
    return CLEAN


def _summaries(args: argparse.Namespace) -> int:
    from sendbook import steps

    done = steps.summaries(args.book, args.today, args.out, args.pupil, _bar)
    _say(done.words)
    return CLEAN if done.whole else PROBLEMS


def _demo(args: argparse.Namespace) -> int:
    from sendbook import steps
    from sendbook.posting.prepare import demo_mails

    for words in steps.demo(args.folder, args.pupils, args.seed, args.clean, _bar):
        _say(words)
    _say(demo_mails(args.folder, _bar))
    _say("Open the workbook first; everything in it is invented.")
    return CLEAN


def _install(args: argparse.Namespace) -> int:
    from sendbook.addin.compiled import compile_for_clicks
    from sendbook.addin.install import install
    from sendbook.addin.places import here

    done = install(here())
    compile_for_clicks()
    _say(done.words)
    return CLEAN if done.whole else PROBLEMS


def _uninstall(args: argparse.Namespace) -> int:
    from sendbook.addin.install import uninstall
    from sendbook.addin.places import here

    done = uninstall(here())
    _say(done.words)
    return CLEAN if done.whole else PROBLEMS


def _doctor(args: argparse.Namespace) -> int:
    from sendbook.addin.doctor import examine, is_well, summed_up
    from sendbook.addin.places import here

    lines = []
    for line in examine(here(), args.book):
        _say(str(line))
        lines.append(line)
    _say(f"\n{summed_up(lines)}")
    return CLEAN if is_well(lines) else PROBLEMS


def _addin_build(args: argparse.Namespace) -> int:
    from sendbook.addin.install import write_addin
    from sendbook.addin.places import here

    _say(write_addin(here(), args.file).words)
    return CLEAN


def _bar(total: int, what: str) -> "Bar":
    from tqdm import tqdm

    return tqdm(total=total, desc=what, unit="", file=sys.stderr, disable=None, leave=False, delay=0.5)


if __name__ == "__main__":
    sys.exit(main())
