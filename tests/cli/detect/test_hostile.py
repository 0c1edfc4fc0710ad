"""APIs that fail, mislead or attack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.fault_server import Cell, FaultServer
from sandbox.sample_api import SampleApi
from tests.cli.detect.conftest import Detect
from tests.support.canned import CannedApi

ESCAPE = "\x1b[31mred\x1b]0;title\x07"
SECRET = "tok-8d7c6b5a4f"


def answer(canned: CannedApi, body: Any) -> None:
    canned.json("/things", json.dumps(body))


@pytest.mark.parametrize(
    ("body", "content_type", "told"),
    [
        (b"<html><form>Sign in</form></html>", "text/html", "a login page"),
        (b"", "application/json", "empty"),
        (b'{"items": [1, 2', "application/json", "cut short"),
        (b'"just a text"', "application/json", "array or an object was expected"),
        (b'{"ok": false, "error": "invalid_auth"}', "application/json", "an error with a status"),
        (b"[" * 100_000, "application/json", "nested too deeply"),
    ],
)
def test_an_answer_of_no_use_writes_nothing(
    detect: Detect,
    canned: CannedApi,
    url: str,
    folder: Path,
    body: bytes,
    content_type: str,
    told: str,
) -> None:
    canned.answers["/things"] = (200, content_type, body)
    outcome = detect(f"{url}/things")
    assert outcome.code == 3
    assert told in outcome.err
    assert f"GET {url}/things" in outcome.err
    assert not folder.exists()
    assert len(canned.asked) == 1


@pytest.mark.parametrize(
    ("status", "told"), [(401, "Check authType"), (404, "Check the kind"), (500, "3 attempts")]
)
def test_a_refusal_is_explained(
    detect: Detect, canned: CannedApi, url: str, status: int, told: str
) -> None:
    canned.json("/things", json.dumps({"message": f"no {SECRET} here"}), status=status)
    outcome = detect(f"{url}/things", "--bearer-token", SECRET)
    assert outcome.code == 3
    assert told in outcome.err
    assert SECRET not in outcome.err + outcome.out


def test_a_redirect_to_another_host_is_not_followed(
    detect: Detect, api: SampleApi, api_url: str
) -> None:
    other = "http://localhost:9"
    api.behave(fault="redirect_host", fault_times=0, redirect_to=other)
    outcome = detect(f"{api_url}/none/offset/teams")
    assert outcome.code == 3
    assert "Nothing was sent there" in outcome.err


@pytest.mark.parametrize("body", [[], {"items": []}, {"items": None}, {}])
def test_a_listing_without_items_is_not_sure(
    detect: Detect, canned: CannedApi, url: str, body: Any
) -> None:
    answer(canned, body)
    outcome = detect(f"{url}/things")
    assert outcome.code == 1
    assert outcome.confidence("paginationType") == "not sure"
    assert outcome.confidence("identifier") == "not sure"


@pytest.mark.parametrize("more", [{}, {"total": 100}, {"total": 100, "count": 100}])
def test_a_usual_page_size_is_never_sure(
    detect: Detect, canned: CannedApi, url: str, more: dict[str, int]
) -> None:
    """A total that is the size of the page says nothing of what there is."""
    answer(canned, {"objects": [{"id": number} for number in range(100)], **more})
    outcome = detect(f"{url}/things")
    assert outcome.code == 1
    assert outcome.confidence("paginationType") == "not sure"
    assert "100 is a usual page size" in outcome.out
    assert not outcome.endpoints[0]["complete"]


def test_a_total_of_an_unusual_number_is_sure(detect: Detect, canned: CannedApi, url: str) -> None:
    answer(canned, {"total": 47, "items": [{"id": number} for number in range(47)]})
    outcome = detect(f"{url}/things")
    assert outcome.code == 0
    assert outcome.confidence("paginationType") == "sure"
    assert outcome.endpoints[0]["pagination"]["total_path"] == "total"


def test_items_that_are_no_objects_become_values(
    detect: Detect, canned: CannedApi, url: str, folder: Path
) -> None:
    answer(canned, ["red", "green", "blue"])
    outcome = detect(f"{url}/things")
    assert outcome.code == 0, outcome.out
    mapping = yaml.safe_load((folder / "port-app-config.yaml").read_text(encoding="utf-8"))
    assert mapping["resources"][0]["port"]["entity"]["mappings"]["identifier"] == ".value"


def test_mixed_and_nested_items_are_read(detect: Detect, canned: CannedApi, url: str) -> None:
    deep: Any = "end"
    for _ in range(500):
        deep = {"deeper": deep}
    answer(canned, {"items": [{"id": 1, "x": deep}, {"id": 2, "x": None}, 7, None, ["a"]]})
    outcome = detect(f"{url}/things")
    assert outcome.code == 1
    assert outcome.endpoints[0]["items"] == 5


@pytest.mark.parametrize("output", ["text", "json"])
def test_control_sequences_reach_neither_terminal_nor_files(
    detect: Detect, canned: CannedApi, url: str, folder: Path, output: str
) -> None:
    items = [{"id": ESCAPE + n, ESCAPE: 1, "\u202eevil": ESCAPE, "[red]y": None} for n in "abc"]
    answer(canned, {ESCAPE: {"x\u009b1m": items}, "total" + ESCAPE: 3, "next" + ESCAPE: "/x"})
    outcome = detect(f"{url}/things", output=output)
    assert outcome.code == 1
    texts = [path.read_text(encoding="utf-8") for path in folder.iterdir()]
    for text in (outcome.out, outcome.err, *texts):
        assert not [one for one in text if not one.isprintable() and one != "\n"]
    assert "[red]y" in outcome.out
    blueprint = json.loads((folder / "blueprints.json").read_text(encoding="utf-8"))[0]
    properties = blueprint["schema"]["properties"]
    assert len(properties) == 2
    assert all(key.isascii() and key.replace("_", "").isalnum() for key in properties)


def test_a_key_that_plain_jq_cannot_name_is_quoted(
    detect: Detect, canned: CannedApi, url: str, folder: Path
) -> None:
    rows = [{"@id": f"a{n}", "full name": f"Name {n}"} for n in range(3)]
    answer(canned, {"result-set": {"rows.all": rows}})
    detect(f"{url}/things")
    mapping = yaml.safe_load((folder / "port-app-config.yaml").read_text(encoding="utf-8"))
    (resource,) = mapping["resources"]
    assert resource["selector"]["data_path"] == '."result-set"."rows.all"'
    assert resource["port"]["entity"]["mappings"]["identifier"] == '."@id"'


def test_a_secret_that_the_api_repeats_is_nowhere(
    detect: Detect, canned: CannedApi, url: str, folder: Path
) -> None:
    items = [{"id": n, "token": SECRET, f"key-{SECRET}": 1} for n in range(3)]
    answer(canned, {"items": items, SECRET: [{"id": 1}], "next": f"/things?after={SECRET}"})
    outcome = detect(f"{url}/things", "--bearer-token", SECRET, output="text")
    texts = [path.read_text(encoding="utf-8") for path in folder.iterdir()]
    for text in (outcome.out, outcome.err, *texts):
        assert SECRET not in text


def test_an_api_that_ignores_the_position_is_not_sure(
    detect: Detect, api: SampleApi, api_url: str
) -> None:
    api.behave(ignore="position", cap=20)
    outcome = detect(f"{api_url}/none/offset/services")
    assert outcome.code == 1
    assert outcome.confidence("paginationType") == "not sure"
    expected = {"pagination_type": "none"}
    assert outcome.endpoints[0]["pagination"] == expected
    assert "20 items came and the response tells of 60" in outcome.out


def test_a_total_that_lies_is_not_used(detect: Detect, api: SampleApi, api_url: str) -> None:
    api.behave(total="lie_high")
    outcome = detect(f"{api_url}/none/offset/services")
    (endpoint,) = outcome.endpoints
    assert "total_path" not in endpoint["pagination"]
    assert endpoint["items"] == 60
    assert "total says 121, but 60 items came" in " ".join(endpoint["notes"])


@pytest.mark.parametrize("pagination", ["offset", "page", "cursor"])
def test_a_flag_that_ends_the_listing_too_early_is_told(
    detect: Detect, api: SampleApi, api_url: str, pagination: str
) -> None:
    api.behave(has_more="lie_false")
    outcome = detect(f"{api_url}/none/{pagination}/services")
    assert outcome.code == 1
    assert outcome.confidence("paginationType") == "not sure"
    assert "says that there is no more" in outcome.out
    assert not outcome.endpoints[0]["complete"]


@pytest.mark.parametrize("style", ["loop", "repeat", "endless"])
def test_cursors_without_an_end_are_told(
    detect: Detect, api: SampleApi, api_url: str, style: str
) -> None:
    api.behave(cursor_style=style)
    outcome = detect(f"{api_url}/none/cursor/services")
    assert outcome.code == 1
    assert "but read as a resync would" in outcome.out


def test_pages_on_another_host_are_told(detect: Detect, api: SampleApi, api_url: str) -> None:
    api.behave(cursor_style="url", cursor_host="http://other.example", cap=20)
    outcome = detect(f"{api_url}/none/cursor/services")
    assert outcome.code == 1
    assert "requests stay on" in outcome.endpoints[0]["findings"][1]["evidence"]


@pytest.mark.parametrize("pagination", ["offset", "page", "cursor", "next_link", "header_link"])
def test_fixed_pages_of_each_type(detect: Detect, pagination: str) -> None:
    with FaultServer() as server:
        outcome = detect(server.url + Cell("cut_body", pagination, 1).path)
    assert outcome.code == 0, outcome.out
    (endpoint,) = outcome.endpoints
    assert endpoint["pagination"]["pagination_type"] == pagination
    assert (endpoint["items"], endpoint["complete"]) == (12, True)


def test_an_api_that_is_busy_is_asked_again(detect: Detect, api: SampleApi, api_url: str) -> None:
    api.behave(fault="429", fault_at=3, retry_after="0")
    outcome = detect(f"{api_url}/none/page/services")
    assert outcome.code == 0, outcome.out
    assert "status 429" in outcome.err
