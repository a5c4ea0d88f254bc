"""The project's own papers and settings are true to the code."""

import re
import subprocess
import sys
import tomllib

from tests.live import ROOT


def python(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *args], cwd=ROOT, capture_output=True, text=True, check=False)


def test_reference_pages_are_fresh():
    done = python("docs/generate.py", "--check")
    assert (done.returncode, done.stdout) == (0, "")


def test_pins_of_uv_run_are_those_of_the_requirements():
    code = (
        "import sys; sys.path.insert(0, '.ci'); import pin; print([p.replace(chr(34), chr(39)) for p in pin.pins()] == pin.copied() != [])"
    )
    assert python("-c", code).stdout.strip() == "True"


def test_every_dependency_is_pinned_with_hashes_and_no_host_is_named():
    text = (ROOT / "requirements.txt").read_text()
    pins = re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE)
    assert all(block.count("--hash=sha256:") for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE) if "==" in block)
    assert "://" not in text
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    assert {re.split(r"[<>=]", w)[0] for w in wanted} <= set(pins)


def test_at_least_seventy_rules_each_with_source_and_next_step():
    from sendbook.checks import all_rules

    rules = all_rules()
    assert len(rules) >= 70
    assert len({r.id for r in rules}) == len(rules)
    assert all(r.todo and r.source and r.title for r in rules)


def test_readme_names_commands_that_exist():
    text = (ROOT / "README.md").read_text()
    help_ = (ROOT / "docs" / "commands.md").read_text()
    used = set(re.findall(r"sendbook (new|demo|check|cost|summaries|import|send|due|impact|report|install)\b", text))
    assert used == {name for name in used if f"## sendbook {name}" in help_}
    assert {"demo", "new", "import", "check", "cost", "summaries"} <= used


def test_links_in_the_docs_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target.replace("%20", " ")).exists(), f"{page.name}: {target}"
