"""The catalog's page in a real browser: what people see, live, whatever an entity holds."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.port_api import PortApi
from sandbox.port_api.store import now
from sandbox.serving import serve
from tests.support.browser import Page, chromium, find_chromium
from tests.support.port_client import report, signed_in

HOSTILE = "<img src=x onerror=\"document.title='owned'\">"
HOSTILE_IDENTIFIER = f"a/b?c#d'{HOSTILE}"
MANY = 240

BLUEPRINTS: tuple[dict[str, Any], ...] = (
    {"identifier": "team", "title": "Team", "schema": {"properties": {"size": {}}}},
    {
        "identifier": "service",
        "title": f"Service {HOSTILE}",
        "schema": {"properties": {"note": {}, HOSTILE: {}}},
        "relations": {"team": {"target": "team"}},
    },
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page of a headless Chromium."""
    path = find_chromium()
    if path is None:
        told = "the catalog's page is NOT TESTED: no chromium (apt-get install chromium)"
        warnings.warn(told, stacklevel=1)
        pytest.skip(told)
    with chromium(path, tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def url(catalog: PortApi) -> Iterator[str]:
    """The base URL of a catalog with two blueprints, many teams and a hostile service."""
    for blueprint in BLUEPRINTS:
        catalog.add_blueprint(blueprint)
    with serve(catalog.app) as served:
        yield served


@pytest.fixture
def port(url: str) -> Iterator[httpx.Client]:
    with signed_in(url) as client:
        for start in range(0, MANY, 20):
            put(client, "team", *({"identifier": f"t{start + n:03}"} for n in range(20)))
        service = {
            "identifier": HOSTILE_IDENTIFIER,
            "title": HOSTILE,
            "properties": {"note": HOSTILE, HOSTILE: [HOSTILE]},
            "relations": {"team": "t007"},
        }
        put(client, "service", service)
        yield client


@pytest.fixture
def page(browser: Page, url: str, port: httpx.Client) -> Iterator[Page]:
    """The page, opened and filled; at the end nothing may have been asked for or complained."""
    browser.requests.clear()
    browser.complaints.clear()
    browser.open(url)
    browser.wait(f"document.getElementById('range')?.textContent === '1–100 of {MANY + 1}'")
    yield browser
    assert [asked for asked in browser.requests if not asked.startswith(f"{url}/")] == []
    assert browser.complaints == []
    browser.command("Page.navigate", url="about:blank")


def put(port: httpx.Client, blueprint: str, *entities: dict[str, Any]) -> None:
    body = {"entities": list(entities)}
    answer = port.post(f"/blueprints/{blueprint}/entities/bulk", json=body)
    assert answer.json()["ok"], answer.text


def text(selector: str) -> str:
    """JavaScript for the text that an element shows."""
    return f"(document.querySelector({json.dumps(selector)})?.innerText ?? '')"


def test_blueprints_relations_and_entities_are_shown(page: Page) -> None:
    graph = page.run(text("#graph"))
    assert "Team" in graph
    assert str(MANY) in graph
    assert page.run("document.querySelectorAll('#graph .node').length") == 2
    assert page.run("[...document.querySelectorAll('#graph .edge')].map(e => e.textContent)") == [
        "team"
    ]
    assert page.run(text("#totals")) == f"2 blueprints, {MANY + 1} entities"
    assert page.run("document.querySelectorAll('#entities tbody tr').length") == 100
    page.run("document.getElementById('next').click()")
    page.wait(f"document.getElementById('range').textContent === '101–200 of {MANY + 1}'")
    page.run("document.getElementById('next').click()")
    page.wait(f"document.getElementById('range').textContent === '201–241 of {MANY + 1}'")
    assert page.run("document.getElementById('next').disabled") is True


def test_what_changes_is_shown_without_a_reload(
    page: Page, catalog: PortApi, port: httpx.Client
) -> None:
    assert "No resync" in page.run(text("#resyncs"))
    began = now()
    report(port, "/teams", "syncing")
    page.wait(f"{text('#resyncs')}.includes('running')")
    assert page.run(text(".kinds tbody tr")).split("\t")[1:] == ["–", "–", "–", "–"]
    put(port, "team", {"identifier": "a-new-one", "title": "New"})
    report(port, "/teams", "completed", items=241, seconds=2.25, failed=3)
    report(port, "__runtime__", "completed", seconds=3.0)
    page.wait(f"{text('#resyncs')}.includes('completed')")
    assert page.run(text(".kinds tbody tr")).split("\t") == ["/teams", "241", "–", "2.3", "3"]
    catalog.tell_requests("mine", began, {"/teams": 5})
    page.wait(f"{text('.kinds tbody tr')}.split('\\t')[2] === '5'")
    page.wait(f"{text('#totals')} === '2 blueprints, {MANY + 2} entities'")
    page.wait(f"{text('#entities')}.includes('a-new-one')")
    assert port.delete("/blueprints/team/entities/a-new-one").status_code == 200
    page.wait(f"!{text('#entities')}.includes('a-new-one')")


def test_what_entities_and_reports_hold_is_only_ever_text(page: Page, port: httpx.Client) -> None:
    report(port, f"/{HOSTILE}", "failed", failed=1)
    message = {"level": "ERROR", "message": HOSTILE, "extra": {"event_id": "resync-1"}}
    assert port.post("/ingest/mine/logs", json={"logs": [message]}).status_code == 200
    page.wait(f"{text('.messages')} === {json.dumps(HOSTILE)}")
    assert page.run(text(".kinds tbody th .kind")) == f"/{HOSTILE}"
    page.run("document.querySelector('#graph .node[data-key=service]').focus()")
    page.press("Enter", 13, "\r")
    page.wait("document.querySelectorAll('#entities tbody tr').length === 1")
    row = page.run(text("#entities tbody tr")).split("\t")
    assert row[:5] == [HOSTILE_IDENTIFIER, HOSTILE, "t007", HOSTILE, HOSTILE]
    page.run("document.querySelector('#entities tbody button').click()")
    page.wait("document.querySelector('dialog[open] .graph svg')")
    assert page.run(text("#entity-title")) == HOSTILE
    assert page.run("document.querySelectorAll('img').length") == 1  # the page's own
    assert page.run("document.title") == "Catalog · local Port API"


def test_search_and_an_entity_by_keyboard_alone(page: Page) -> None:
    page.run("document.getElementById('search').focus()")
    page.command("Input.insertText", text="T007")
    page.wait("document.getElementById('range').textContent === '1–1 of 1 that hold “T007”'")
    for _ in range(3):  # past the table's region to the first entity
        if page.run("document.activeElement.dataset.key") == "team/t007":
            break
        page.press("Tab", 9)
    assert page.run("document.activeElement.dataset.key") == "team/t007"
    page.press("Enter", 13, "\r")
    page.wait("document.querySelector('dialog[open] .relation button')")
    assert page.run(text("#entity-title")) == "t007"
    page.run("document.querySelector('.relation button').click()")
    page.wait(f"{text('#entity-title')} === {json.dumps(HOSTILE)}")
    page.press("Escape", 27)
    page.wait("!document.querySelector('dialog[open]')")
    assert page.run("document.activeElement.dataset.key") == "team/t007"


def test_every_control_has_a_name(page: Page, port: httpx.Client) -> None:
    report(port, "/teams", "completed")
    page.wait("document.querySelector('.kinds')")
    nodes = page.command("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "searchbox", "combobox", "region", "dialog", "DisclosureTriangle", "image"}
    named = [
        (node["role"]["value"], node["name"]["value"])
        for node in nodes
        if not node["ignored"] and node["role"]["value"] in roles
    ]
    assert [role for role, name in named if not name.strip()] == []
    assert {("searchbox", "Search"), ("combobox", "Blueprint"), ("button", "Next")} <= set(named)
    assert ("button", f"Team, {MANY} entities") in named


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_in_light_and_dark(page: Page, port: httpx.Client, scheme: str) -> None:
    report(port, "/a/rather/long/path/{with}/parameters", "failed", failed=2, items=123_456)
    page.command(
        "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
    )
    page.resize(390, 844)
    page.wait("document.querySelector('.kinds')")
    assert page.run("document.documentElement.scrollWidth <= innerWidth") is True
    assert (
        page.run(
            "[...document.querySelectorAll('.resyncs-card .scroll')]"
            ".every(one => one.scrollWidth <= one.clientWidth)"
        )
        is True
    )
    lightness = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    assert (max(page.run(lightness)) < 60) is (scheme == "dark")


def test_a_server_that_is_gone_is_told_and_found_again(browser: Page) -> None:
    live = "document.getElementById('live')?.innerText ?? ''"
    first, second = PortApi(), PortApi()
    first.add_blueprint(BLUEPRINTS[0])
    with serve(first.app) as url:
        browser.open(url)
        browser.wait(f"({live}).includes('Live')")
    browser.wait(f"({live}).includes('Not reachable')")
    assert browser.run(text("#totals")) == "1 blueprint, 0 entities"
    with serve(second.app, port=int(url.rpartition(":")[2])):
        browser.wait(f"({live}).includes('Live')")
        assert browser.run(text("#totals")) == "0 blueprints, 0 entities"
        browser.command("Page.navigate", url="about:blank")
    first.close()
    second.close()
