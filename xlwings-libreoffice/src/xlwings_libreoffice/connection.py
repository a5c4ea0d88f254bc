"""Starting LibreOffice, and finding the way into one that is running."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any

from . import bridge

_PROGRAMS = [
    "/usr/lib/libreoffice/program/soffice",
    "/usr/lib64/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:\\Program Files\\LibreOffice\\program\\soffice.exe",
]

# Files not written by LibreOffice carry results that may be stale or missing; Excel works them out, so this does as well.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="FirstRun" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Recovery/AutoSave"><prop oor:name="Enabled" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/Office"><prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


class OfficeError(Exception):
    """LibreOffice could not be found, started or reached."""


def find_program(program: str | os.PathLike[str] | None = None) -> str:
    """The path of LibreOffice's program: the one named, else the one on the PATH, else one in a known place."""
    if program is not None:
        return str(program)
    newer = sorted(Path("/opt").glob("libreoffice*/program/soffice"), reverse=True)
    for candidate in [shutil.which("soffice"), shutil.which("libreoffice"), *_PROGRAMS, *map(str, newer)]:
        if candidate and Path(candidate).exists():
            return candidate
    raise OfficeError("LibreOffice was not found. Install it, or say where its program 'soffice' is.")


class Office:
    """A running LibreOffice: one this process has started (``process`` is set) or one it is only a guest of."""

    def __init__(
        self,
        context: Any,
        pipe: str,
        process: subprocess.Popen[bytes] | None = None,
        profile: Path | None = None,
        visible: bool = True,
    ) -> None:
        self.pipe = pipe
        self.context = context
        self.process = process
        self.visible = visible
        self._profile = profile
        self.desktop = self.service("frame.Desktop")

    def service(self, name: str) -> Any:
        """A new object of one of LibreOffice's services."""
        return self.context.ServiceManager.createInstanceWithContext(f"com.sun.star.{name}", self.context)

    @property
    def pid(self) -> int:
        """The number of the process started; a guest knows only the process that started it."""
        return self.process.pid if self.process else os.getppid()

    def close(self) -> None:
        """Close without saving an office started here; leave any other as it is."""
        if self.process is None:
            return
        # The connection breaks while the office answers, which is what was asked for.
        with contextlib.suppress(Exception):
            self._close_documents()
            self.desktop.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.kill()
        self._forget_profile()

    def _close_documents(self) -> None:
        documents = self.desktop.Components.createEnumeration()
        while documents.hasMoreElements():
            documents.nextElement().close(True)

    def kill(self) -> None:
        """End the process of an office started here at once."""
        if self.process is None:
            raise OfficeError("This LibreOffice was not started from here, so it is not ended from here either.")
        _end(self.process)
        self._forget_profile()

    def _forget_profile(self) -> None:
        if self._profile is not None:
            shutil.rmtree(self._profile, ignore_errors=True)

    def __enter__(self) -> Office:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the program together with the one it has started: on most systems 'soffice' is only a script."""
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def connect(pipe: str) -> Office:
    """Enter a LibreOffice that was started with ``--accept=pipe,name=<pipe>;urp``."""
    return Office(_resolve(pipe), pipe)


def _resolve(pipe: str) -> Any:
    local = bridge.uno().getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")


def start(visible: bool = False, program: str | os.PathLike[str] | None = None, timeout: float = 60) -> Office:
    """Start a LibreOffice of its own, with a temporary profile, so that no other one on this computer is touched."""
    bridge.uno()
    path = find_program(program)
    profile = Path(tempfile.mkdtemp(prefix="xlwings-libreoffice-"))
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    pipe = f"xlwings{uuid.uuid4().hex}"
    command = [path, "--norestore", "--nologo", "--nodefault", "--nolockcheck", f"-env:UserInstallation={bridge.file_url(profile)}"]
    command += [f"--accept=pipe,name={pipe};urp"] + ([] if visible else ["--headless", "--invisible"])
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        return Office(_wait(pipe, process, timeout), pipe, process, profile, visible)
    except BaseException:
        _end(process)
        shutil.rmtree(profile, ignore_errors=True)
        raise


def _wait(pipe: str, process: subprocess.Popen[bytes], timeout: float) -> Any:
    """Try the pipe until the office opens it; UNO has no signal for that."""
    end = time.monotonic() + timeout
    while True:
        try:
            return _resolve(pipe)
        except Exception as error:  # UNO's own exception types exist only at run time
            if process.poll() not in (None, 0):
                raise OfficeError(f"LibreOffice ended while starting, with code {process.returncode}.") from error
            if time.monotonic() > end:
                raise OfficeError(f"LibreOffice did not answer within {timeout:g} seconds.") from error
        time.sleep(0.1)
