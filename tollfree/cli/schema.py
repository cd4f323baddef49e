"""`tollfree schema`: the schemas of what is written and read, as JSON Schema."""

import json
import sys
from pathlib import Path

import click

from tollfree.calls.schemas import SCHEMAS
from tollfree.protocol.values import Value


@click.command("schema")
@click.argument("name", type=click.Choice(sorted(SCHEMAS)))
@click.option(
    "--check", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Compare with a file."
)
def command(name: str, file: Path | None) -> None:
    """Print the JSON Schema of a flow, or of the lines `tollfree call --json` prints."""
    schema: Value = SCHEMAS[name]()
    text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    if file is None:
        click.echo(text, nl=False)
    elif file.read_bytes() != text.encode():
        click.echo(f"{file} is out of date; run `tollfree schema {name} > {file}`", err=True)
        sys.exit(1)
