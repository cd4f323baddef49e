"""`tollfree route set | table`, the check of routes in flows, and `tollfree calls summary`."""

from pathlib import Path
from typing import Any

import yaml

from tests.cli.conftest import Shell
from tests.flows.driven import flow_of

ROUTES = {
    "routes": {
        "fast": {"base_url": "http://127.0.0.1:1/v1", "model": "q"},
        "smart": {"base_url": "http://127.0.0.1:1/v1", "model": "g"},
    },
    "chains": {"default": ["fast"]},
}


def document(route: str = "fast") -> dict[str, Any]:
    intents = {"status": {"phrases": ["status"], "route": route}, "return": {"phrases": ["return"]}}
    exits = dict.fromkeys(("status", "return", "unclear", "silent"), "bye")
    return flow_of({"reason": {"kind": "intent", "ask": "What is it?", "intents": intents, "exits": exits}})


def begin(shell: Shell, tmp_path: Path, *, configured: bool = True) -> Path:
    folder = tmp_path / "folder"
    (folder / "flows").mkdir(parents=True)
    (folder / "project.yaml").write_text("name: The Folder\nagents: {main: {flow: made}}\n")
    (folder / "flows" / "made.yaml").write_text(yaml.safe_dump(document(), sort_keys=False))
    shell.ok("project", "new", "shop", "--from", folder)
    if configured:
        (shell.home / "routes.yaml").write_text(yaml.safe_dump(ROUTES))
    return folder


def test_the_table_says_who_serves_what_and_by_whose_word(shell: Shell, tmp_path: Path) -> None:
    begin(shell, tmp_path)
    shell.ok("route", "set", "shop", "main", "return", "smart")
    assert shell("route", "table", "shop", "--json").json == [
        {"intent": "status", "route": "fast", "by_table": False},
        {"intent": "return", "route": "smart", "by_table": True},
    ]
    shell.ok("route", "set", "shop", "main", "return", "-")
    assert shell("route", "table", "shop", "--json").json[1] == {"intent": "return", "route": None, "by_table": False}


def test_unknown_names_are_warned_of_with_the_nearest(shell: Shell, tmp_path: Path) -> None:
    begin(shell, tmp_path)
    ran = shell.ok("route", "set", "shop", "main", "retrun", "smrt")
    assert "Did you mean `return`?" in ran.err and "Did you mean `smart`?" in ran.err
    assert shell("route", "set", "shop", "other", "return", "smart").code == 1


def test_a_flow_that_names_an_unknown_route_is_warned_of_where_routes_are_configured(
    shell: Shell, tmp_path: Path
) -> None:
    folder = begin(shell, tmp_path, configured=False)
    file = folder / "flows" / "made.yaml"
    file.write_text(yaml.safe_dump(document("fats"), sort_keys=False))
    assert "unknown_route" not in shell("flow", "check", file, "--no-examples").out
    (shell.home / "routes.yaml").write_text(yaml.safe_dump(ROUTES))
    ran = shell("flow", "check", file, "--no-examples")
    assert ran.code == 0 and "unknown_route" in ran.out and "Did you mean `fast`?" in ran.out


def test_a_call_is_summed_up_without_a_model(shell: Shell, tmp_path: Path) -> None:
    begin(shell, tmp_path, configured=False)
    called = shell("call", "shop", "--caller", "+12125550100", stdin="status\n").out
    call_id = called.rsplit("call ", 1)[1].strip()
    summed = shell("calls", "summary", call_id, "--json").json
    assert summed["decided_by"] == "engine"
    assert "+12125550100" in summed["summary"] and "asked about status" in summed["summary"]
