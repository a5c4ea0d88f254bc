"""Where things go on each kind of computer, and which Python can be written into the settings."""

import importlib.metadata
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sendbook import __version__, failure
from sendbook.addin.places import System, here, in_onedrive, library_beside, own_folder, places_of, redirected
from sendbook.addin.settings_file import as_bytes, foreign, kept_with, read_settings, settings_for
from sendbook.workbook.safe import CannotDo
from tests.addin.systems import VERSION, Registry, mac, windows


# --- places ---
def test_windows(tmp_path):
    places = places_of(windows(tmp_path))
    user = tmp_path / "Users" / "Zoë O'Brien"
    assert places.addin == user / "AppData" / "Roaming" / "Microsoft" / "Excel" / "XLSTART" / "Sendbook.xlam"
    assert places.settings == user / ".sendbook" / "sendbook.conf"
    assert places.script is None


def test_mac(tmp_path):
    places = places_of(mac(tmp_path))
    library = tmp_path / "Users" / "zoe" / "Library"
    office = library / "Group Containers" / "UBF8T346G9.Office"
    assert places.addin == office / "User Content.localized" / "Startup.localized" / "Excel" / "Sendbook.xlam"
    assert places.settings == library / "Containers" / "com.microsoft.Excel" / "Data" / "sendbook.conf"
    assert places.script == library / "Application Scripts" / "com.microsoft.Excel" / f"xlwings-{VERSION}.applescript"


def test_without_appdata_the_usual_folder_is_taken(tmp_path):
    system = windows(tmp_path)
    bare = replace(system, env={"USERPROFILE": system.env["USERPROFILE"]})
    assert places_of(bare) == places_of(system)


def test_an_appdata_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CannotDo, match="APPDATA"):
        places_of(windows(tmp_path, env={"APPDATA": str(tmp_path / "gone")}))


def test_onedrive_moves_documents_and_leaves_appdata(tmp_path):
    """Known folders that OneDrive backs up: Desktop, Documents, Pictures. The add-in and the settings are in none of them."""
    system = windows(tmp_path)
    moved = replace(system, env={**system.env, "OneDrive": str(system.home / "OneDrive - School")})
    assert places_of(moved) == places_of(system)
    assert not any(in_onedrive(moved, str(p)) for p in (places_of(moved).addin, places_of(moved).settings))


@pytest.mark.parametrize("name", ["Linux", "FreeBSD", ""])
def test_where_there_is_no_excel_it_is_said_with_what_can_be_done(tmp_path, name):
    with pytest.raises(CannotDo, match="command line"):
        places_of(windows(tmp_path, name=name))


def test_our_folder_holds_the_log_that_failures_write():
    assert failure.LOG.parent == own_folder(here())


def test_this_computer():
    system = here()
    assert system.interpreter == sys.executable
    assert (system.xlwings / f"xlwings-{system.xlwings_version}.applescript").is_file()
    assert system.xlwings_version == importlib.metadata.version("xlwings")
    assert system.registry(r"HKCU\Software", "nothing") is None
    assert system.run([sys.executable, "-c", "print('yes')"], 60).out.strip() == "yes"


# --- xlwings' DLL ---
def test_the_dll_is_looked_for_where_the_vba_does(tmp_path):
    system = windows(tmp_path)
    beside = Path(system.interpreter).with_name(f"xlwings64-{VERSION}.dll")
    assert library_beside(system, system.interpreter) == beside.parent.parent / beside.name
    beside.write_bytes(b"MZ")
    assert library_beside(system, system.interpreter) == beside


def test_excel_of_32_bits_has_a_dll_of_its_own(tmp_path):
    registry = Registry({(r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration", "Platform"): "x86"})
    system = windows(tmp_path, registry=registry)
    assert library_beside(system, system.interpreter).name == f"xlwings32-{VERSION}.dll"


def test_the_dll_of_another_version_is_none(tmp_path):
    system = windows(tmp_path, xlwings_version="0.38.0")
    assert library_beside(system, system.interpreter) is None


# --- the private store of apps ---
PRIVATE = (
    r"C:\Users\Zoe\AppData\Local\Packages\PythonSoftwareFoundation.Python.3.11_qbz5n2kfra8p0\LocalCache\Roaming\Microsoft\Sendbook.xlam"
)


@pytest.mark.parametrize(
    ("real", "private"), [(PRIVATE, True), (r"C:\Users\Zoe\AppData\Roaming\Sendbook.xlam", False), (r"D:\Packages\zoe\x.xlam", False)]
)
def test_what_windows_keeps_in_an_apps_private_store(tmp_path, real, private):
    system = windows(tmp_path, real=lambda path: real)
    assert redirected(system, Path(r"C:\Users\Zoe\AppData\Roaming\Sendbook.xlam")) is private
    assert not redirected(replace(system, name="Darwin"), Path("x"))


# --- the interpreter ---
WINDOWS_PATHS = {
    r"C:\Sendbook\.venv\Scripts\python.exe": True,
    r"C:\Users\Zoë O'Brien\My files, & (more)\.venv\Scripts\python.exe": True,
    r"C:\Users\Zoe\AppData\Roaming\uv\tools\sendbook\Scripts\python.exe": True,
    r"C:\Users\Zoe\AppData\Local\Microsoft\WindowsApps\PythonSoftwareFoundation.Python.3.11_qbz5n2kfra8p0\python.exe": True,
    r"C:\Users\Łukasz\.venv\Scripts\python.exe": False,
    r"C:\100% new %TEMP%\.venv\Scripts\python.exe": False,
    r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.11_3.11.2544.0_x64__qbz5n2kfra8p0\python.exe": False,
    r"C:\Users\Zoe\AppData\Local\uv\cache\archive-v0\Xy12\Scripts\python.exe": False,
    r"C:\Users\Zoe\AppData\Local\uv\cache\builds-v0\.tmpA1\Scripts\python.exe": False,
    r"C:\Users\Zoe\AppData\Local\Temp\env\Scripts\python.exe": False,
    r"c:\users\zoe\appdata\local\TEMP\env\Scripts\python.exe": False,
    r"D:\uvcache\x\Scripts\python.exe": False,
    "": False,
}  # fmt: skip
MAC_PATHS = {
    "/Users/zoe/Sendbook/.venv/bin/python": True,
    "/opt/homebrew/Cellar/python@3.11/3.11.9_1/bin/python3.11": True,
    "/Users/zoe/My files/.venv/bin/python": False,
    "/Users/o'brien/.venv/bin/python": False,
    "/Users/zoë/.venv/bin/python": False,
    "/Users/zoe/a|b/.venv/bin/python": False,
    "/Users/zoe/$(rm x)/.venv/bin/python": False,
    "/var/folders/ab/T/env/bin/python": False,
    "/Users/zoe/.cache/uv/environments-v2/s-1/bin/python": False,
}
WINDOWS_ENV = {"TEMP": r"C:\Users\Zoe\AppData\Local\Temp", "UV_CACHE_DIR": r"D:\uvcache", "TMP": ""}
MAC_ENV = {"TMPDIR": "/var/folders/ab/T/"}


@pytest.mark.parametrize(("path", "good"), WINDOWS_PATHS.items())
def test_which_python_excel_on_windows_can_start_and_keep(tmp_path, path, good):
    settle(windows(tmp_path, interpreter=path, env=WINDOWS_ENV), good)


@pytest.mark.parametrize(("path", "good"), MAC_PATHS.items())
def test_which_python_excel_on_the_mac_can_start_and_keep(tmp_path, path, good):
    settle(mac(tmp_path, interpreter=path, env=MAC_ENV), good)


def settle(system: System, good: bool) -> None:
    """Good ones come back from the file just as they went in; the others are refused in sentences that say what to do."""
    if good:
        settings = settings_for(system)
        file = system.xlwings / "x.conf"
        file.write_bytes(as_bytes(settings, system))
        assert read_settings(file, system) == settings
        assert system.interpreter in settings.values()
    else:
        with pytest.raises(CannotDo) as refused:
            settings_for(system)
        assert len(str(refused.value).split(". ")) >= 2


# --- the settings file ---
def test_the_settings_file_is_what_xlwings_vba_reads(tmp_path):
    system = windows(tmp_path, project="My Sendbook")
    assert as_bytes(settings_for(system), system).decode("cp1252").splitlines() == [
        f'"INTERPRETER_WIN","{system.interpreter}"',
        '"USE UDF SERVER","True"',
        '"ADD_WORKBOOK_TO_PYTHONPATH","False"',
        f'"SENDBOOK_VERSION","{__version__}"',
        f'"XLWINGS_VERSION","{VERSION}"',
    ]


def test_no_warm_server_on_the_mac_nor_without_the_dll(tmp_path):
    assert settings_for(mac(tmp_path))["USE UDF SERVER"] == "False"
    assert settings_for(windows(tmp_path, xlwings_version="0.38.0"))["USE UDF SERVER"] == "False"


@pytest.mark.parametrize(
    "content", [b"hello", b'"A","B","C"\r\n', b"PK\x03\x04\x00\x00", b'"A","B"\r\n"only"\r\n', b'"' + b"x" * 200_000 + b'","y"\r\n']
)
def test_a_file_that_holds_no_settings_is_not_taken_for_one(tmp_path, content):
    file = tmp_path / "sendbook.conf"
    file.write_bytes(content)
    with pytest.raises(CannotDo, match="no setting"):
        read_settings(file, windows(tmp_path))


def test_settings_that_are_not_ours_stay_to_the_byte(tmp_path):
    system, file = windows(tmp_path), tmp_path / "sendbook.conf"
    theirs = '"ONEDRIVE_COMMERCIAL_WIN","C:\\Zoë\x81 says ""hello"""\r\n'.encode("latin-1")
    file.write_bytes(b'"interpreter_win","old.exe"\r\n' + theirs)
    together = kept_with(settings_for(system), file, system)
    assert together["INTERPRETER_WIN"] == system.interpreter
    assert list(foreign(together, system)) == ["ONEDRIVE_COMMERCIAL_WIN"]
    assert as_bytes(together, system).endswith(theirs)


def test_no_settings_file_and_one_that_cannot_be_read(tmp_path):
    assert read_settings(tmp_path / "none.conf", windows(tmp_path)) is None
    with pytest.raises(CannotDo, match="folder"):
        read_settings(tmp_path, windows(tmp_path))
