"""Python's compiled files of what a click imports.

xlwings starts Python so that it writes none: without them everything would be compiled anew at each click, which takes as long as
importing it.
"""

import compileall
from importlib.util import find_spec
from pathlib import Path

IMPORTED = ("sendbook", "xlwings", "pydantic", "annotated_types", "typing_extensions", "typing_inspection")


def compile_for_clicks() -> bool:
    """Compile them, where they are not; give whether all could be. A folder that may not be written to only makes clicks slower."""
    done = [_compiled(name) for name in IMPORTED]  # all of them, whatever becomes of one
    return all(done)


def _compiled(name: str) -> bool:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        return False
    path = Path(spec.origin)
    done = compileall.compile_dir(path.parent, quiet=2) if path.name == "__init__.py" else compileall.compile_file(path, quiet=2)
    return bool(done)
