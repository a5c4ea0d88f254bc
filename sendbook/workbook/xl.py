"""xlwings as a click wants it: without the libraries for numbers and pictures that it would import wherever they are installed."""

import atexit
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType

ATTEMPTS = 300  # of a call to an Excel that is busy; xlwings waits a little between them
UNWANTED = ("pandas", "numpy", "matplotlib", "plotly", "polars")  # xlwings tries each, and does without


def load_xlwings() -> ModuleType:
    """The xlwings module, imported without `UNWANTED`; as it is where something imported it before.

    With pandas it takes several times as long to import, and no click converts to data frames. Import xlwings by this function only,
    never at the top of a module: whoever imports it first decides for the process.

    xlwings' own VBA does so before us, as its command begins with `import xlwings.utils`. Nothing in here can help there,
    and nothing need: pandas is not among what Sendbook needs, so the environment that its installer makes has none; a test holds
    our own modules to that. Who adds pandas to that environment pays for it at each click, and all still works.
    """
    with _kept_out([] if "xlwings" in sys.modules else UNWANTED):
        import xlwings
    if sys.platform == "win32":
        _tame(xlwings)
    return xlwings


def _tame(xlwings: ModuleType) -> None:
    """Two habits of xlwings' on Windows that do harm here.

    It asks a busy Excel for ever, so that nobody is ever told why nothing happens; and a process that ends has every Excel
    killed that has no window, which is not ours to do.
    """
    engine = xlwings._xlwindows
    engine.N_COM_ATTEMPTS = ATTEMPTS
    atexit.unregister(engine.cleanup)


@contextmanager
def _kept_out(names: Iterable[str]) -> Iterator[None]:
    """Modules that cannot be imported in the block, and can again after it; those that are there already stay."""
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None makes an import fail as if nothing were installed
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
