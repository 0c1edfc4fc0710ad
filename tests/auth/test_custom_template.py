"""What ``customAuthRequestTemplate`` puts into requests."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from auth.exchange import AuthenticationError
from tests.support.credentials import BASE, Credentials

ANSWER = {"session": "S-1x", "user": {"id": 7, "admin": True}, "roles": ["a", "b"], "empty": ""}


async def sent(
    template: dict[str, Any], *request: Any, answer: Any = ANSWER, **more: Any
) -> tuple[httpx.Request, Credentials]:
    """The request as it reaches the API."""
    credentials = Credentials([answer])
    async with credentials.client(
        authType="custom",
        customAuthRequest={"endpoint": "/login"},
        customAuthRequestTemplate=template,
    ) as client:
        await client.request(*(request or ("GET", f"{BASE}/teams?page=2")), **more)
    return credentials.received[0], credentials


async def test_fields_join_the_body_of_the_resource_which_stays_well_formed() -> None:
    template = {"body": {"auth": {"ids": ["{{.user.id}}", 3]}, "page": "{{.session}}"}}
    request, _ = await sent(template, "POST", f"{BASE}/search", json={"q": "ä", "page": 1})
    assert json.loads(request.content) == {
        "q": "ä",
        "page": "S-1x",
        "auth": {"ids": ["7", 3]},
    }
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Content-Length"] == str(len(request.content))
    assert request.method == "POST"


async def test_fields_make_a_body_where_the_resource_has_none() -> None:
    request, _ = await sent({"body": {"session": "{{.session}}"}}, "POST", f"{BASE}/search")
    assert json.loads(request.content) == {"session": "S-1x"}
    assert request.headers["Content-Type"] == "application/json"


async def test_fields_cannot_join_a_body_that_is_a_list() -> None:
    with pytest.raises(AuthenticationError, match=r"customAuthRequestTemplate\.body needs a body"):
        await sent({"body": {"session": "x"}}, "POST", f"{BASE}/search", json=[1])


async def test_without_a_body_template_the_body_stays_as_it_was_written() -> None:
    request, _ = await sent(
        {"headers": {"X-Session": "{{.session}}"}}, "POST", f"{BASE}/search", content=b'{"a":  1}'
    )
    assert request.content == b'{"a":  1}'
    assert "Content-Type" not in request.headers


async def test_texts_around_a_path_and_several_paths_in_one_text_are_kept() -> None:
    template = {
        "headers": {"X-Who": "user {{ .user.id }} of {{.session}}", "X-Admin": "{{.user.admin}}"},
        "queryParams": {"role": "{{.roles[1]}}", "v": 2},
    }
    request, _ = await sent(template)
    assert request.headers["X-Who"] == "user 7 of S-1x"
    assert request.headers["X-Admin"] == "true"
    assert dict(request.url.params) == {"page": "2", "role": "b", "v": "2"}


async def test_what_comes_is_learned_as_a_secret() -> None:
    _, credentials = await sent({"headers": {"X-A": "{{.session}}", "X-B": "plain"}})
    assert credentials.learned == ["S-1x"]


async def test_what_a_template_becomes_is_a_secret_too() -> None:
    _, credentials = await sent({"headers": {"X-A": "u{{.user.id}}/{{.session}}"}})
    assert credentials.learned == ["7", "S-1x", "u7/S-1x"]


async def test_nothing_of_a_login_of_no_use_is_learned() -> None:
    """It would push out what belongs to a token that is still in use."""
    credentials = Credentials([ANSWER])
    async with credentials.client(
        authType="custom",
        customAuthRequest={"endpoint": "/login"},
        customAuthRequestTemplate={"headers": {"X-A": "{{.session}}", "X-B": "{{.missing}}"}},
    ) as client:
        with pytest.raises(AuthenticationError):
            await client.get(f"{BASE}/teams")
    assert credentials.learned == []


@pytest.mark.parametrize("session", ["a\nb", "a-tökén"])
async def test_a_text_that_no_header_can_carry_is_an_error_without_it(session: str) -> None:
    with pytest.raises(AuthenticationError, match="headers 'X-A' would hold a char") as caught:
        await sent({"headers": {"X-A": "{{.session}}"}}, answer={"session": session})
    assert session not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (
            ".missing",
            "'.missing' finds no text in the answer, which holds: session, user, roles, empty",
        ),
        (".user", "finds no text"),
        (".roles", "finds no text"),
        (".roles[]", "finds no text"),
        (".empty", "finds no text"),
        (".session.x", "customAuthRequestTemplate '.session.x'"),
        (".session | tonumber", "'.session | tonumber' finds no text in the answer"),
        (".session | fromjson", "which holds: session, user, roles, empty"),
    ],
)
async def test_a_path_that_finds_no_one_text_is_named_with_what_there_is(
    path: str, told: str
) -> None:
    with pytest.raises(AuthenticationError) as caught:
        await sent({"headers": {"X-A": f"{{{{{path}}}}}"}})
    assert told in str(caught.value)
    assert "S-1x" not in str(caught.value)


async def test_an_answer_that_is_no_object_is_named_as_what_it_is() -> None:
    with pytest.raises(AuthenticationError, match="which holds: list"):
        await sent({"headers": {"X-A": "{{.[0]}}"}}, answer=[])


async def test_the_timeout_goes_with_the_request() -> None:
    template = {"headers": {"X-A": "{{.session}}"}}
    request, _ = await sent(template)
    assert request.extensions["timeout"]["read"] == 7
