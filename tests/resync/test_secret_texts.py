"""Which values of the settings are secret, and which ordinary words are left to be read."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from client.redaction import MASK
from resync.clients import build_redactor
from settings import parse_settings

TEMPLATE = {"headers": {"X-Session": "{{.data.session}}"}}
SECRET = "zq-sesame.7"


def masked(text: str, **settings: Any) -> str:
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in settings.items()}
    base = {"baseUrl": "https://acme.example.com/v2", **texts}
    return build_redactor(parse_settings(base)).values(text)


def custom(request: dict[str, Any], template: Any = None) -> dict[str, Any]:
    return {
        "authType": "custom",
        "customAuthRequest": {"endpoint": "/login", **request},
        "customAuthRequestTemplate": template or TEMPLATE,
    }


@pytest.mark.parametrize(
    "request_",
    [
        {"headers": {"X-Whatever": SECRET}},
        {"headers": {"Authorization": f"Bearer {SECRET}"}},
        {"headers": {"Authorization": f"OwnKey {SECRET}"}},
        {"headers": {"Cookie": f"lang=en; sid={SECRET}; x=1"}},
        {"body": {"a": [{"b": [[{"c": SECRET}]]}]}},
        {"queryParams": {"who": SECRET}},
        {"bodyForm": f"user=me&pin={SECRET}"},
        {"bodyForm": "pin=zq%2Dsesame%2E7"},
        {"bodyForm": SECRET},
        {"bodyForm": json.dumps({"pin": [SECRET]})},
        {"bodyForm": f"<login><pin>{SECRET}</pin></login>"},
        {"bodyForm": f'<login pin="{SECRET}"/>'},
        {"endpoint": f"/login?who={SECRET}"},
        {"endpoint": f"https://login.example.com/x?who={SECRET}"},
    ],
)
def test_every_text_of_a_login_is_a_secret(request_: dict[str, Any]) -> None:
    shown = masked(f"{SECRET}, zq%2Dsesame%2E7 and tail", **custom(request_))
    assert shown == f"{MASK}, {MASK} and tail"


@pytest.mark.parametrize(
    "template",
    [
        {"headers": {"X-Fixed": SECRET, "X-A": "{{.a}}"}},
        {"headers": {"Cookie": f"sid={{{{.a}}}}; csrf={SECRET}"}},
        {"headers": {"X-A": f"{SECRET} {{{{.a}}}}"}},
        {"headers": {"X-A": f"{{{{.a}}}}:{SECRET}"}},
        {"headers": {"Authorization": f"Bearer {SECRET}"}},
        {"queryParams": {"who": SECRET}},
        {"body": {"a": [{"b": SECRET}]}},
    ],
)
def test_every_fixed_text_of_a_template_is_a_secret(template: dict[str, Any]) -> None:
    assert masked(f"got {SECRET} and tail", **custom({}, template)) == f"got {MASK} and tail"


def test_a_pin_is_a_secret_also_as_a_number() -> None:
    settings = custom({"body": {"pin": 471234, "v": 2, "on": True, "password": None}})
    assert masked("471234, 2, True, None", **settings) == f"{MASK}, 2, True, None"


def test_what_stands_in_half_of_all_messages_can_still_be_read() -> None:
    request = {
        "method": "POST",
        "headers": {
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "text/plain, */*",
            "User-Agent": "curl/8.5",
            "X-Requested-With": "XMLHttpRequest",
        },
        "body": {
            "grant_type": "client_credentials",
            "assertion": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "remember": "true",
            "token_type": "bearer",
            "kind": "api",
            "format": "application/json",
            "tenant": "acme",
        },
    }
    template = {
        "headers": {"Authorization": "Bearer {{.a}}", "X-A": "OwnKey {{.a}}", "C": "sid={{.a}}; "},
    }
    text = (
        "POST https://acme.example.com/v2/login api client_credentials true Bearer application/json"
        " OwnKey sid text/plain curl/8.5 urn:ietf:params:oauth:grant-type:jwt-bearer X-A"
    )
    assert masked(text, **custom(request, template)) == text


@pytest.mark.parametrize("pair", ["my client:s3/cret+x", "my+client:s3%2Fcret%2Bx"])
def test_the_client_s_id_and_secret_are_masked_as_they_are_sent(pair: str) -> None:
    settings = {
        "authType": "oauth2_client_credentials",
        "tokenUrl": "https://login.example.com/token",
        "clientId": "my client",
        "clientSecret": "s3/cret+x",
    }
    sent = base64.b64encode(pair.encode()).decode()
    shown = masked(f"Basic {sent}, {pair}", **settings)
    assert shown.replace("=", "").startswith(f"Basic {MASK}, ")
    assert "cret" not in shown


@pytest.mark.parametrize("password", ["", "x", "api_token"])
def test_a_name_that_is_the_key_is_a_secret(password: str) -> None:
    """Some APIs take a key as the user name, and any password or none."""
    settings = {"authType": "basic", "username": "zq-key-1", "password": password}
    sent = base64.b64encode(f"zq-key-1:{password}".encode()).decode()
    shown = masked(f"Basic {sent} zq-key-1", **settings)
    assert shown.replace("=", "") == f"Basic {MASK} {MASK}"


def test_a_name_beside_a_password_can_be_read() -> None:
    settings = {"authType": "basic", "username": "someone", "password": "sesame"}
    assert masked("someone sesame", **settings) == f"someone {MASK}"
