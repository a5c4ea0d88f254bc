"""The project's own papers and settings are true to the code."""

import ast
import re
import subprocess
import sys
import tomllib

import pytest

from tests.live import ROOT


def python(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *args], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


def test_reference_pages_are_fresh():
    done = python("docs/generate.py", "--check")
    assert (done.returncode, done.stdout) == (0, "")


def test_pins_of_uv_run_are_those_of_the_requirements():
    code = (
        "import sys; sys.path.insert(0, '.ci'); import pin; print([p.replace(chr(34), chr(39)) for p in pin.pins()] == pin.copied() != [])"
    )
    assert python("-c", code).stdout.strip() == "True"


def test_every_dependency_is_pinned_with_hashes_and_no_host_is_named():
    pins = pinned("requirements.txt")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"], *project["build-system"]["requires"]]
    assert {re.split(r"[<>=]", w)[0] for w in wanted} <= set(pins)
    assert set(project["tool"]["uv"]) == {"constraint-dependencies"}, "no index, no source, nothing else that names a host"
    assert pinned(".ci/uv.txt") == ["uv"]


TERM = r"\(?[a-z_]+ (?:[<>]=?|[!=]=) '[a-zA-Z0-9.]+'\)?"
PIN = rf"[a-z0-9.-]+==[0-9][a-z0-9.]*(?: ; {TERM}(?: (?:and|or) {TERM})*)?"
LINE = re.compile(rf"{PIN} \\|    --hash=sha256:[0-9a-f]{{64}}(?: \\)?|    #.*")


def pinned(file: str) -> list[str]:
    """The packages a requirements file pins. Each line is a pin, a hash or a comment, so none can be an address or an option."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert not [line for line in lines if re.search(r"://|@", line)]
    at = [n for n, line in enumerate(lines) if re.match(PIN, line)]
    assert at
    assert all(lines[n + 1].startswith("    --hash=") for n in at)
    return [lines[n].partition("==")[0] for n in at]


@pytest.mark.parametrize(
    "line",
    [
        "--index-url //example.org/simple",
        "--extra-index-url=https://example.org",
        "-i example.org",
        "--find-links wheels",
        "rich @ git+ssh://git@example.org/rich",
        "rich==1.0",
        "    --hash=sha256:abc",
        "./wheels/rich-1.0-py3-none-any.whl",
    ],
)
def test_the_check_for_hosts_would_find_one(tmp_path, monkeypatch, line):
    (tmp_path / "r.txt").write_text(f"{line}\n", encoding="utf-8")
    monkeypatch.setattr("tests.test_project.ROOT", tmp_path)
    with pytest.raises(AssertionError):
        pinned("r.txt")


def test_ci_names_no_host_and_no_path_of_a_machine():
    for file in [*(ROOT / ".ci").glob("*"), ROOT / "package.json", ROOT / "justfile", ROOT / "pyproject.toml"]:
        if file.is_file():
            found = re.findall(
                r"\w+://[^\s\"']+|(?:index|registry|find-links)[-_ =]\S+|(?<![\w.$}])/(?:work|tmp|home|root|Users)\b",
                file.read_text(encoding="utf-8"),
            )
            assert found == [], file.name


def _unnamed(call: ast.Call) -> bool:
    """Whether a call reads or writes a file as text and leaves its encoding to the system."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if any(k.arg == "encoding" or k.arg is None for k in call.keywords):
        return False
    if name in ("read_text", "write_text"):
        return True
    modes = [a.value for a in call.args if isinstance(a, ast.Constant) and re.fullmatch("[rwxabt+]{1,3}", str(a.value))]
    return name == "open" and ("b" not in modes[0] if modes else isinstance(call.func, ast.Name))


def test_every_text_file_is_opened_with_its_encoding_named():
    """Ruff's PLW1514 sees it only where it can tell that something is a path."""
    files = [p for room in ("sendbook", "tests", "docs", "benchmarks", ".ci", "workbook_templates") for p in (ROOT / room).rglob("*.py")]
    assert len(files) > 100
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in files
        if "venv" not in file.parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _unnamed(node)
    ]
    assert found == []
    assert all(_unnamed(ast.parse(t).body[0].value) for t in ("p.read_text()", "open(p)", "p.open('w')", "f.x.write_text(t, 'utf')"))


def test_at_least_seventy_rules_each_with_source_and_next_step():
    from sendbook.checks import all_rules

    rules = all_rules()
    assert len(rules) >= 70
    assert len({r.id for r in rules}) == len(rules)
    assert all(r.todo and r.source and r.title for r in rules)


def test_readme_names_commands_that_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    help_ = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    used = set(re.findall(r"sendbook (new|demo|check|cost|summaries|import|send|due|impact|report|install)\b", text))
    assert used == {name for name in used if f"## sendbook {name}" in help_}
    assert {"demo", "new", "import", "check", "cost", "summaries"} <= used


def test_links_in_the_docs_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target.replace("%20", " ")).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", ["README.md", "sendbook/guide/guide.md"])
def test_every_picture_that_a_page_shows_is_there(page):
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert shown
    assert [name for name in shown if not (ROOT / page).parent.joinpath(name).is_file()] == []
