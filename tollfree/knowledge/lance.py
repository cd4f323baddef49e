"""What is used of LanceDB, and the one place that imports it.

Nothing of a server's catalogue of tables is used here, but LanceDB imports the client of one, generated code whose
classes take 1.5 seconds and 20 MB of every process: it is put off until somebody asks for it. Importing the rest takes
one to two seconds, 60 MB and two threads, so processes that will be forked must not.
"""

import importlib.util
import sys
import warnings

UNUSED = "lance_namespace_urllib3_client"
"""The package of that client. Its modules are imported one by one where they are needed; only its own names wait."""


def put_off(name: str) -> None:
    """Have a package run its `__init__` when a name is asked of it, and not when a module of it is imported. One that
    is there already, or that is not installed, is left alone."""
    spec = importlib.util.find_spec(name) if name not in sys.modules else None
    if spec is None or spec.loader is None:
        return
    loader = spec.loader
    package = importlib.util.module_from_spec(spec)

    def find(wanted: str) -> object:
        if wanted.startswith("__"):  # the import system asks, and not somebody who needs the package
            raise AttributeError(wanted)
        package.__dict__.pop("__getattr__", None)
        loader.exec_module(package)
        return getattr(package, wanted)

    package.__dict__["__getattr__"] = find
    sys.modules[name] = package


put_off(UNUSED)
# Of every program that is started while something is known; such a child of ours runs another program at once.
warnings.filterwarnings("ignore", "lancedb fork support is experimental", RuntimeWarning)

# Only after what it would import is put off, as for all below; two of its functions are annotated loosely.
from lancedb import connect_async as connect_async  # noqa: E402  # pyright: ignore[reportUnknownVariableType]
from lancedb import tokenize as tokenize  # noqa: E402  # pyright: ignore[reportUnknownVariableType]
from lancedb.index import FTS as FTS  # noqa: E402
from lancedb.index import IvfSq as IvfSq  # noqa: E402
from lancedb.query import MatchQuery as MatchQuery  # noqa: E402
