"""Secrets that an API echoes, and values that would steer a terminal."""

from __future__ import annotations

import base64
import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.preview.masking import Mask, visible
from client import Redactor
from tests.cli.preview.conftest import Previews, blueprint
from tests.support.canned import CannedApi
from tests.support.core import resource

SECRET = "tok-9a8b7c6d5e"
NUMBER = 4711471147114711


@pytest.mark.parametrize("output", ["text", "json"])
def test_a_secret_that_the_api_echoes(previews: Previews, canned: CannedApi, output: str) -> None:
    previews.settings |= {"AUTH_TYPE": "bearer_token", "API_TOKEN": SECRET}
    previews.settings["CUSTOM_HEADERS"] = json.dumps({"X-Pin": str(NUMBER)})
    items: list[dict[str, Any]] = [
        {"id": f"you sent {SECRET}", "name": SECRET, SECRET: 1, "list": [{"deep": SECRET}]},
        {"id": base64.b64encode(SECRET.encode()).decode(), "name": "n", "pin": NUMBER},
        {"id": "c", "name": "n", "password": "pw-of-theirs", "api_token": ["at-of-theirs"]},
    ]
    canned.json("/things", json.dumps(items))
    done = previews.run("--output", output)
    shown = done.stdout + done.stderr
    for secret in (SECRET, items[1]["id"], str(NUMBER), "pw-of-theirs", "at-of-theirs"):
        assert str(secret) not in shown
    assert "[hidden]" in shown


def test_a_secret_in_an_error(previews: Previews, canned: CannedApi) -> None:
    previews.settings |= {"AUTH_TYPE": "bearer_token", "API_TOKEN": SECRET}
    canned.json("/things", json.dumps({"error": f"{SECRET} is not known"}), status=403)
    for output in ("text", "json"):
        done = previews.run("--output", output)
        assert done.returncode == 1
        assert "is not known" in done.stdout
        assert SECRET not in done.stdout + done.stderr


def test_a_key_of_the_api_is_no_secret(previews: Previews, canned: CannedApi) -> None:
    """Many an API calls its identifiers so."""
    canned.json("/things", '[{"key": "PROJ-1", "name": "n"}]')
    previews.write(resource("/things", data_path=".", identifier=".key"))
    assert previews.kind()["items"]["sample"][0]["key"] == "PROJ-1"


HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\r\b\u202egnp.exe\u2066\u2028\x00\x7f"


@pytest.mark.parametrize("output", ["text", "json"])
def test_nothing_steers_the_terminal(previews: Previews, canned: CannedApi, output: str) -> None:
    item = {"id": HOSTILE, "name": HOSTILE, HOSTILE: "[bold]:smile:[/nosuch]"}
    canned.json("/things", json.dumps([item, {"id": None, HOSTILE: 1}]))
    previews.write(
        resource("/things", data_path=".", headers={"X-A": "[red]a"}),
        resource(f"/other{HOSTILE}", data_path="."),
        blueprints=[blueprint("record")],
    )
    done = previews.run("--output", output)
    assert done.returncode == 1
    for text in (done.stdout, done.stderr):
        steering = {one for one in text if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp")}
        assert steering <= {"\n"}
    assert ":smile:" in done.stdout
    assert "\\u001b" in done.stdout


def test_numbers_that_json_lacks_and_depth_without_end(
    previews: Previews, canned: CannedApi
) -> None:
    deep = "[" * 400 + "]" * 400
    canned.json("/things", f'[{{"id": "a", "size": 1e308}}, {{"id": "b", "x": {deep}}}]')
    done = previews.run("--output", "json")
    told = json.loads(done.stdout, parse_constant=pytest.fail)
    first, second = told["kinds"][0]["items"]["sample"]
    assert first == {"id": "a", "size": 1e308}
    assert second["id"] == "b" and "..." in str(second["x"])
    canned.json("/things", '[{"id": "a", "size": 1e999}]')
    done = previews.run("--output", "json")
    assert done.returncode == 1
    assert "the number 1e999 is out of range" in done.stdout


def test_a_wrong_mapping_does_not_either(previews: Previews) -> None:
    previews.write({"kind": "/things", "selector": {"query": "true", HOSTILE: 1}, "port": {}})
    done = previews.run("--kind", HOSTILE.replace("\x00", ""))
    assert done.returncode == 2
    assert "\\u001b" in done.stderr
    assert {one for one in done.stderr if unicodedata.category(one) == "Cc"} == {"\n"}


@given(st.text())
def test_what_is_visible_holds_nothing_else(text: str) -> None:
    shown = visible(text)
    assert all(unicodedata.category(one) not in ("Cc", "Cf", "Cs") for one in shown)
    assert len(shown) >= len(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from([SECRET, "plain", f"x{SECRET}y"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "name", SECRET]), inner, max_size=3)
    ),
)


@given(VALUES)
def test_a_masked_value_keeps_its_shape_without_the_secret(value: object) -> None:
    masked = Mask(Redactor([SECRET])).value(value)
    assert SECRET not in json.dumps(masked)
    assert type(masked) is type(value)
    if SECRET not in json.dumps(value):
        assert masked == value
