"""What compiling and checking a flow costs, as every save and every publish does it: limit 150 ms for 200 nodes.

    python benchmarks/compile.py [--nodes 200] [--runs 7]

Each run compiles a flow whose texts no run before it had, so that no compiled template is found again. Reading the
YAML and comparing the examples of intents (which needs the embedder) are printed apart.
"""

import argparse
import gc
import json
import time
from collections.abc import Callable
from functools import partial

from _flows import LIBRARY, generated
from _table import print_table, spread

from tollfree.flows.checks import check_examples
from tollfree.flows.compile import compile_or_raise
from tollfree.flows.source import read, to_yaml
from tollfree.language.embed.registry import load_embedder
from tollfree.language.errors import LanguageError
from tollfree.language.understand.collisions import collisions
from tollfree.language.understand.training import train
from tollfree.wiring.settings import Settings

LIMIT_MS = 150.0


def ms(work: Callable[[], object]) -> float:
    """Milliseconds that some work takes."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def main() -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(description="Milliseconds that compiling and checking a flow takes.")
    options.add_argument("--nodes", type=int, default=200)
    options.add_argument("--runs", type=int, default=7)
    given = options.parse_args()
    compile_or_raise(generated(given.nodes, 0), LIBRARY)
    documents = [generated(given.nodes, seed) for seed in range(1, given.runs + 1)]
    texts = [to_yaml(document) for document in documents]
    compiling = [ms(partial(compile_or_raise, document, LIBRARY)) for document in documents]
    again = [ms(partial(compile_or_raise, document, LIBRARY)) for document in documents]
    rows = [
        (f"compile and check, {len(documents[0]['nodes'])} nodes", spread(compiling, "ms"), f"{LIMIT_MS:.0f} ms"),
        ("the same flow once more", spread(again, "ms"), ""),
        ("read its YAML", spread([ms(partial(read, text, "flow.yaml")) for text in texts], "ms"), ""),
        (
            "  peer: json.loads of the same",
            spread([ms(partial(json.loads, json.dumps(d))) for d in documents], "ms"),
            "",
        ),
    ]
    try:
        embedder = load_embedder(Settings().embedder, Settings().cache)
    except LanguageError as error:
        rows.append((f"compare examples, train: skipped, {error.message}", "", ""))
    else:
        flow = compile_or_raise(documents[0], LIBRARY)
        examples = sum(len(option.examples) for choices in flow.choice_sets for option in choices.options)
        compare = [ms(lambda: check_examples(flow, partial(collisions, embedder=embedder)))]
        learn = [ms(lambda: train(flow.choice_sets, embedder))]
        rows.append((f"compare {examples} examples (apart)", spread(compare, "ms", 0), ""))
        rows.append((f"train {len(flow.choice_sets)} classifiers (at publish)", spread(learn, "ms", 0), ""))
    print_table(f"a flow of {given.nodes} nodes, median of {given.runs} runs", ("", "time (least-most)", "limit"), rows)


if __name__ == "__main__":
    main()
