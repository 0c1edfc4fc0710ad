"""The command as a whole: what it prints, where its settings are from, and how it ends."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.sail import ROOT
from sandbox.port_api import PortApi
from sandbox.serving import serve
from tests.cli.preview.conftest import Previews
from tests.support.canned import CannedApi
from tests.support.core import resource

ESCAPE = "\x1b"


def test_what_a_reader_sees(previews: Previews, url: str) -> None:
    done = previews.run()
    assert done.returncode == 0, done.stdout
    for told in (
        f"GET {url}/things",
        "200",
        "GET /things, none: 1 page, 3 items; ended: paginationType is none",
        '{"id": "a", "name": "A"}',
        "3 of 3 items",
        '{"identifier": "a", "blueprint": "record"',
        "properties.name in 1 of 3: null, which is what '.name' answers",
        "All is well: 1 kind, 3 entities.",
    ):
        assert told in done.stdout, done.stdout
    assert done.stderr == ""
    assert ESCAPE not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_nothing_is_sent_to_port(
    previews: Previews, catalog: PortApi, canned: CannedApi, tmp_path: Path
) -> None:
    """Even with its credentials there, and with empty fields, of which Ocean asks Port."""
    asked: list[str] = []

    async def port(scope: Any, receive: Any, send: Any) -> None:
        asked.append(str(scope))
        await catalog.app(scope, receive, send)

    with serve(port) as port_url:
        previews.environment = {
            "OCEAN__PORT__BASE_URL": port_url,
            "OCEAN__PORT__CLIENT_ID": "sandbox",
            "OCEAN__PORT__CLIENT_SECRET": "sandbox-secret",
        }
        told = previews.kind()
        assert told["empty_fields"][0]["count"] == 1
    assert asked == []
    assert canned.asked == ["/things"]


def test_colours_only_on_a_terminal_that_wants_them(previews: Previews) -> None:
    def on_terminal(**environment: str) -> str:
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            previews.command(),
            cwd=ROOT,
            env={**previews.variables(), "TERM": "xterm-256color", **environment},
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.DEVNULL,
        ):
            os.close(theirs)
            output = b""
            try:
                while piece := os.read(ours, 65536):
                    output += piece
            except OSError:  # the other side is closed
                pass
        os.close(ours)
        return output.decode()

    assert f"{ESCAPE}[" in on_terminal()
    assert ESCAPE not in on_terminal(NO_COLOR="1")


def test_settings_from_a_file_and_the_environment_before_it(
    previews: Previews, tmp_path: Path, canned: CannedApi
) -> None:
    settings = tmp_path / "settings.env"
    prefix = "OCEAN__INTEGRATION__CONFIG__"
    base_url = previews.settings.pop("BASE_URL")
    settings.write_text(
        f"# As in the examples.\nOCEAN__PORT__CLIENT_ID=\n{prefix}BASE_URL={base_url}\n"
        f"{prefix}PAGINATION_TYPE=offset\n{prefix}PAGE_SIZE=20\n"
    )
    previews.settings["PAGE_SIZE"] = "7"
    previews.kind("--env-file", str(settings))
    assert canned.queries == [{"limit": "7", "offset": "0"}]


def test_the_default_mapping(previews: Previews, canned: CannedApi) -> None:
    """The project's own, and with OCEAN__RESOURCES_PATH another folder's."""
    canned.json("/api/v1/users", '[{"id": 1, "name": "A", "email": "a@example.com"}]')
    command = [sys.executable, "-m", "cli", "preview"]

    def run(**more: str) -> str:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**previews.variables(), **more},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout

    assert '"blueprint": "customApiUser"' in run()
    assert "/orgs/acme/members" in run(OCEAN__RESOURCES_PATH="examples/github")


def test_every_problem_in_one_message_and_nothing_sent(
    previews: Previews, canned: CannedApi
) -> None:
    previews.settings |= {"AUTH_TYPE": "baerer_token", "PAGE_SIZE": "abc", "API_TOKEN": "tok-1234"}
    previews.write(resource("/things", methd="POST"), resource("/others", ignore_statuses="x"))
    done = previews.run()
    assert done.returncode == 2
    for told in (
        "4 problems",
        "did you mean bearer_token?",
        "pageSize: is not allowed; found 'abc'",
        "resources[0].selector.methd: no such key; did you mean method?",
        "resources[1].selector.ignore_statuses",
    ):
        assert told in done.stderr, done.stderr
    assert done.stdout == ""
    assert "tok-1234" not in done.stderr
    assert canned.asked == []


def test_wrong_jq_is_told_with_its_place_and_nothing_is_sent(
    previews: Previews, canned: CannedApi
) -> None:
    wrong = resource("/things", data_path=".items |", identifier=".id |")
    wrong["selector"]["query"] = ".id =="
    wrong["port"]["entity"]["mappings"]["properties"]["name"] = ".name | nosuch"
    previews.write(resource("/things"), wrong)
    done = previews.run()
    assert done.returncode == 2
    for place in (
        "resources[1].selector.data_path",
        "resources[1].selector.query",
        "resources[1].port.entity.mappings.identifier",
        "resources[1].port.entity.mappings.properties.name",
    ):
        assert f"{place}: found" in done.stderr, done.stderr
    assert "resources[0]" not in done.stderr
    assert canned.asked == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--kind", "/thigs"], "'/thigs' is not in the mapping; did you mean /things?"),
        (["--mapping", "/nowhere.yaml"], "there is no file /nowhere.yaml"),
        (["--env-file", "/nowhere.env"], "there is no file /nowhere.env"),
        (["--pages", "0"], "found 0; allowed: 1 or more"),
        (["--limit", "some"], "invalid whole number value: 'some'"),
    ],
)
def test_wrong_arguments(
    previews: Previews, canned: CannedApi, arguments: list[str], told: str
) -> None:
    done = previews.run(*arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert canned.asked == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("resources: [", "is not YAML"),
        ("- kind: /things", "resources: is missing"),
        ("resources: {}", "resources: is missing; allowed: a list"),
    ],
)
def test_a_mapping_that_is_none(previews: Previews, text: str, told: str) -> None:
    previews.mapping.write_text(text)
    done = previews.run()
    assert done.returncode == 2
    assert told in done.stderr


def test_only_the_kinds_that_were_asked_for(previews: Previews, canned: CannedApi) -> None:
    canned.json("/others", "[]")
    kinds = [resource(kind, data_path=".") for kind in ("/things", "/others", "/things")]
    previews.write(*kinds)
    told = previews.document("--kind", "/things")
    assert [(kind["kind"], kind["resource"]) for kind in told["kinds"]] == [
        ("/things", 0),
        ("/things", 2),
    ]
    assert canned.asked == ["/things"], "what two kinds read alike is asked for once"


def test_how_many_are_shown(previews: Previews) -> None:
    told = previews.kind("--limit", "1")
    assert told["items"] == {"count": 3, "sample": [{"id": "a", "name": "A"}]}
    assert told["entities"]["count"] == 3 and len(told["entities"]["sample"]) == 1


def test_the_help_tells_the_exit_statuses(previews: Previews) -> None:
    done = previews.run("--help")
    assert re.search(r"exit status:\s+0 .*\s+1 .*\s+2 ", done.stdout)


def test_the_console_script_from_another_folder(previews: Previews, tmp_path: Path) -> None:
    """It stands beside an interpreter, as set-up and the image put it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (folder / "python").chmod(0o755)
    (folder / "ocean-custom").symlink_to(ROOT / "scripts" / "ocean-custom")
    done = subprocess.run(
        ["ocean-custom", "preview", "--mapping", previews.mapping.name],
        cwd=tmp_path,
        env={**previews.variables(), "PATH": f"{folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "All is well: 1 kind, 3 entities." in done.stdout
