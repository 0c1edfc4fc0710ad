"""``authType`` custom: a request of the user's own, and templates over its response."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from auth.exchange import AuthenticationError, AuthRequest, Surroundings, parsed
from auth.renewing import RenewingAuth
from auth.token_source import Token, TokenSource
from settings.checks import fits_header
from settings.custom_auth import CustomAuthRequest, CustomAuthTemplate

TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class CustomAuth(RenewingAuth):
    """Adds headers, query parameters and body fields that were rendered for the present token."""

    def applied(self, request: httpx.Request, token: Token) -> httpx.Request:
        rendered: CustomAuthTemplate = token.content
        url = request.url
        for name, value in (rendered.query_params or {}).items():
            url = url.copy_set_param(name, value)
        headers = request.headers
        content = request.content
        if rendered.body:
            content = _merged(content, rendered.body)
            headers["Content-Type"] = "application/json"
            headers["Content-Length"] = str(len(content))
        for name, value in (rendered.headers or {}).items():
            headers[name] = str(value)
        return httpx.Request(
            request.method, url, headers=headers, content=content, extensions=request.extensions
        )


def custom_source(
    request: CustomAuthRequest, template: CustomAuthTemplate, base_url: str, around: Surroundings
) -> TokenSource:
    """Where ``CustomAuth`` gets its tokens: the templates, rendered over a fresh response.

    Fetching raises ``AuthenticationError`` for a response that is not JSON, for a template whose
    path matches nothing, and for a text that a header cannot carry.
    """

    async def fetch() -> Token:
        _, body = await around.send(_as_request(request, base_url))
        try:
            response = parsed(body)
        except ValueError as what:
            raise AuthenticationError(
                f"the response to customAuthRequest is not JSON ({what}): check its endpoint"
            ) from None
        parts = template.model_dump()
        found = {path: await _found(path, response, around) for path in _paths(parts)}
        # All at once: what was learned before belongs to a token that is still in use.
        around.learn(*_secrets(parts, found))
        rendered = CustomAuthTemplate.model_construct(**_rendered(parts, found))
        _require_headers(rendered.headers or {})
        return Token(rendered, request.reauthenticate_interval_seconds)

    return TokenSource(fetch)


def _as_request(request: CustomAuthRequest, base_url: str) -> AuthRequest:
    headers = dict(request.headers or {})
    names = {name.lower() for name in headers}
    body: bytes | None = None
    content_type = "application/json"
    if request.body_form is not None:
        body, content_type = request.body_form.encode(), "application/x-www-form-urlencoded"
    elif request.body is not None:
        body = json.dumps(request.body).encode()
    if body is not None and "content-type" not in names:
        headers["Content-Type"] = content_type
    params = tuple((name, str(value)) for name, value in (request.query_params or {}).items())
    url = request.url(base_url)
    return AuthRequest("customAuthRequest", request.method, url, params, headers, body)


def _paths(template: Any) -> set[str]:
    """The paths of all ``{{.path}}`` in the texts of ``template``."""
    return {path.strip() for text in _texts(template) for path in TEMPLATE.findall(text)}


def _texts(template: Any) -> Iterator[str]:
    """The texts in ``template``, at any depth."""
    if isinstance(template, str):
        yield template
    elif isinstance(template, Mapping | list):
        for value in template.values() if isinstance(template, Mapping) else template:
            yield from _texts(value)


def _secrets(template: Any, found: Mapping[str, str]) -> set[str]:
    """What was ``found``, and what the texts of ``template`` became by it."""
    rendered = {_rendered(text, found) for text in _texts(template) if TEMPLATE.search(text)}
    return {*found.values(), *rendered} - {"true", "false"}


def _require_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not fits_header(value):
            raise AuthenticationError(
                f"customAuthRequestTemplate.headers {name!r} would hold a character that a header "
                "cannot carry"
            )


def _rendered(template: Any, found: Mapping[str, str]) -> Any:
    """``template`` with each ``{{.path}}`` in its texts replaced by what was ``found`` there."""
    if isinstance(template, Mapping):
        return {key: _rendered(value, found) for key, value in template.items()}
    if isinstance(template, list):
        return [_rendered(value, found) for value in template]
    if not isinstance(template, str):
        return template
    return TEMPLATE.sub(lambda match: found[match.group(1).strip()], template)


async def _found(path: str, response: Any, around: Surroundings) -> str:
    """The text at ``path`` in ``response``."""
    try:
        found = await around.evaluate(path, response)
    except ValueError:
        # What jq says of an error may quote the response, whose secrets are not known yet.
        found = []
    if len(found) != 1 or found[0] in (None, "") or isinstance(found[0], dict | list):
        keys = ", ".join(response) if isinstance(response, dict) else type(response).__name__
        raise AuthenticationError(
            f"customAuthRequestTemplate {path!r} finds no text in the answer, which holds: "
            f"{around.mask(keys):.200}"
        )
    return str(found[0]).lower() if isinstance(found[0], bool) else str(found[0])


def _merged(content: bytes, fields: Mapping[str, Any]) -> bytes:
    """A request's JSON object with ``fields`` over it."""
    body = json.loads(content) if content else {}
    if not isinstance(body, dict):
        raise AuthenticationError("customAuthRequestTemplate.body needs a body that is an object")
    return json.dumps({**body, **fields}).encode()
