"""Make the reference pages from the code: tables, rules, commands; the guide's page and its drawing of the ribbon.

`uv run docs/generate.py`; `--check` says whether they are fresh.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from ribbon_drawing import ribbon_drawing  # beside this file

from sendbook import cli
from sendbook.checks import Rule, all_rules
from sendbook.law import code_sets
from sendbook.mail.settings import MailSettings, described
from sendbook.tables import TABLES, Column, Formula, Privacy, Row, layout

HERE = Path(__file__).parent
MADE = "<!-- Made from the code by docs/generate.py; change the code, not this page. -->"
WHO = {Privacy.TEAM: "SEND team only", Privacy.SCHOOL: "staff", Privacy.PARENT: "may go to parents"}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield "|" + " --- |" * len(headings)
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"
    yield ""


def _holds(c: Column) -> str:
    if c.choices:
        return f"one of [{code_sets()[c.choices].name}](#code-sets)"
    if c.link:
        return f"a row of {c.link}"
    return c.kind.value + (f"; usually one of [{code_sets()[c.suggest].name}](#code-sets)" if c.suggest else "")


def _row(c: Column | Formula) -> tuple[str, ...]:
    if isinstance(c, Formula):
        return c.heading, "works itself out", "", f"{c.help} `={c.excel}`"
    return c.heading + (" (needed)" if c.needed else ""), _holds(c), WHO[c.privacy], c.help


def _model(model: type[Row]) -> Iterator[str]:
    yield from (f"## {model.table}", "", model.about, "")
    yield from _table(("Column", "Holds", "Who may see it", "Help"), [_row(c) for c in layout(model)])


def tables_page() -> str:
    """Every table of the workbook with its columns, and the code sets behind the dropdowns."""
    lines = [MADE, "# The tables of the workbook", ""]
    for model in TABLES:
        lines += _model(model)
    lines += ["## Code sets", "", "The same codes stand on the sheet Lists. A school may add to the sets marked “own”.", ""]
    for codes in code_sets().values():
        lines += [f"### {codes.name}{' (own)' if codes.own else ''}", "", f"Source: {codes.reference}.", ""]
        lines += _table(("Code", "Meaning"), [(c.code, c.meaning) for c in codes.codes])
    return "\n".join(lines)


def _where(rule: Rule) -> str:
    return f"{rule.table}: {', '.join(rule.headings)}" if rule.headings else rule.table


def rules_page() -> str:
    """Every rule of `sendbook check`."""
    rules = all_rules()
    lines = [MADE, "# The rules of Checks", ""]
    lines += ["An error is wrong; a query may be right, so look at it; a hint would make the book better.", ""]
    for group in dict.fromkeys(r.group for r in rules):
        lines += [f"## {group[0].upper()}{group[1:]}", ""]
        rows = [
            (r.id, r.severity.word, f"{r.table}: {', '.join(r.headings)}" if r.headings else r.table, r.title, r.todo, r.source)
            for r in rules
            if r.group == group
        ]
        lines += _table(("Rule", "Severity", "Where", "What it finds", "What to do", "Source"), rows)
    return "\n".join(lines)


def commands_page() -> str:
    """The help of every command."""
    os.environ["COLUMNS"] = "100"
    parser = cli._parser()
    lines = [MADE, "# The commands", "", "```text", parser.format_help().rstrip(), "```", ""]
    for command in _commands(parser):
        lines += [f"## {command.prog}", "", "```text", command.format_help().rstrip(), "```", ""]
    return "\n".join(lines)


def mail_settings_page() -> str:
    """Every setting of mail."""
    rows = [(name, str(_default(name)), means) for name, means in described()]
    lines = [MADE, "# Settings of mail", "", "`sendbook mail set NAME=VALUE` changes one, `sendbook mail` shows what is set.", ""]
    return "\n".join([*lines, *_table(("Name", "Unless set", "What it is"), rows)])


def _default(name: str) -> object:
    found: object = MailSettings()
    for part in name.split("."):
        found = getattr(found, part)
    return found


GUIDE = HERE.parent / "sendbook" / "guide"
PAGE = """<!doctype html>
<!-- Made from guide.md by docs/generate.py; change that, not this page. -->
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sendbook in Excel</title>
<style>
body {{ font: 1.1rem/1.55 Calibri, "Segoe UI", system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
h1, h2, h3 {{ color: #1f3864; line-height: 1.25; }}
h2 {{ margin-top: 2.2rem; }}
img {{ position: relative; left: 50%; transform: translateX(-50%); max-width: min(96vw, 80rem); border: 1px solid #bfbfbf; }}
code {{ background: #f2f2f2; padding: .1em .3em; }}
</style>
</head>
<body>
{body}</body>
</html>
"""


def guide_page() -> str:
    """The guide as a page that the ribbon's button opens."""
    return PAGE.format(body=MarkdownIt().render((GUIDE / "guide.md").read_text(encoding="utf-8")))


PAGES = {
    HERE / "tables.md": tables_page,
    HERE / "rules.md": rules_page,
    HERE / "commands.md": commands_page,
    HERE / "mail-settings.md": mail_settings_page,
    GUIDE / "guide.html": guide_page,
    GUIDE / "pictures" / "ribbon.svg": ribbon_drawing,
}


def _commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Each command, and after it those it has itself."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield command
                yield from _commands(command)


def main() -> int:
    """Write the pages, or with --check say which are stale (exit code 1)."""
    stale = [path for path, page in PAGES.items() if not path.exists() or path.read_text(encoding="utf-8") != page()]
    if "--check" in sys.argv:
        sys.stdout.write("".join(f"{path.name} is stale: run docs/generate.py\n" for path in stale))
        return int(bool(stale))
    for path in stale:
        path.write_text(PAGES[path](), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
