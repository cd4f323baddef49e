"""LanceDB is imported only where something is known, and without what nobody here uses."""

import subprocess
import sys

import pytest


def loaded(program: str) -> list[str]:
    """What a program prints, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_client_of_a_catalogue_is_not_loaded_until_it_is_asked_for() -> None:
    before, after, name = loaded(
        "import sys, tollfree.knowledge.retrieve\n"
        "client = 'lance_namespace_urllib3_client'\n"
        "print(client + '.api' in sys.modules)\n"
        "import lance_namespace_urllib3_client as package\n"
        "found = package.ApiClient\n"
        "print(client + '.api' in sys.modules, found.__name__)"
    )
    assert (before, after, name) == ("False", "True", "ApiClient")


def test_one_that_is_loaded_already_or_not_there_is_left_alone() -> None:
    assert loaded(
        "import sys, json, tollfree.knowledge.lance as lance\n"
        "lance.put_off('json'); lance.put_off('no_such_package')\n"
        "print(sys.modules['json'] is json, 'no_such_package' in sys.modules)"
    ) == ["True", "False"]


@pytest.mark.parametrize(
    "use",
    [
        "from tollfree.wiring.knowledge import warm_knowledge; warm_knowledge(settings)",
        "asyncio.run(shelf.prepare('shop'))",
        "assert asyncio.run(shelf.retrieve('shop', Query(text='when'))) == ()",
        "assert asyncio.run(shelf.count('shop')) == 0",
        "import tollfree.worker.office_desk",
    ],
)
def test_a_project_without_documents_never_loads_it(use: str) -> None:
    assert loaded(
        "import asyncio, sys, tempfile\n"
        "from pathlib import Path\n"
        "from tollfree.knowledge.base import Query\n"
        "from tollfree.wiring.knowledge import shelf_of\n"
        "from tollfree.wiring.settings import Settings\n"
        "settings = Settings(home=Path(tempfile.mkdtemp()))\n"
        "shelf = shelf_of(settings, lambda: None)\n"
        f"{use}\n"
        "print('lancedb' in sys.modules, 'pyarrow' in sys.modules)"
    ) == ["False", "False"]
