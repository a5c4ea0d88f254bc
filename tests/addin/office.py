"""Runs macros in LibreOffice. A program of its own, since LibreOffice's bridge changes how Python imports.

It reads a list of steps as JSON from stdin and writes a list of what came of them:
["open", path] a workbook comes to the front; ["close"] it goes; ["modules"] names of all modules of the first one;
["add", name] and ["remove", name] put a sheet into the first one and take it away;
["call", "Module.Name", arguments...] runs a macro of the first one, and gives what it returns.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DEBIAN = "/usr/lib/python3/dist-packages"  # where its python3-uno lies
ANY_MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""


def main() -> None:
    program, steps = sys.argv[1], json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as profile:
        settings = Path(profile) / "user" / "registrymodifications.xcu"
        settings.parent.mkdir()
        settings.write_text(ANY_MACRO, encoding="utf-8")
        pipe = f"sendbook-{os.getpid()}"
        office = subprocess.Popen(
            [program, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--norestore", f"--accept=pipe,name={pipe};urp;"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            desktop = connect(pipe, office)
            json.dump(list(done(desktop, steps)), sys.stdout)
            with contextlib.suppress(Exception):  # the connection goes with it
                desktop.terminate()
        finally:
            end(office)


def connect(pipe, office):
    import uno

    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        assert office.poll() is None, "LibreOffice ended at once"
        with contextlib.suppress(Exception):  # until it listens
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        time.sleep(0.1)
    raise AssertionError("LibreOffice did not answer")


def done(desktop, steps):
    from com.sun.star.beans import PropertyValue

    always = PropertyValue()
    always.Name, always.Value = "MacroExecutionMode", 4
    books = []
    for what, *more in steps:
        if what == "open":
            books.append(desktop.loadComponentFromURL(Path(more[0]).as_uri(), "_blank", 0, (always,)))
            yield None
        elif what == "close":
            yield books.pop().close(True)
        elif what == "add":
            yield books[0].Sheets.insertNewByName(more[0], 0)
        elif what == "remove":
            yield books[0].Sheets.removeByName(more[0])
        elif what == "modules":
            library = books[0].BasicLibraries.getByName("Sendbook")
            yield sorted(library.ElementNames)
        else:
            place = f"vnd.sun.star.script:Sendbook.{more[0]}?language=Basic&location=document"
            yield books[0].getScriptProvider().getScript(place).invoke(tuple(more[1:]), (), ())[0]
    for book in reversed(books):
        book.close(True)


def end(office) -> None:
    try:
        office.wait(20)
    except subprocess.TimeoutExpired:
        office.terminate()
        office.wait(20)


if __name__ == "__main__":
    sys.path.append(DEBIAN)
    main()
