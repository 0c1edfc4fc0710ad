"""Which endpoints of a mapping are asked for once, because several resources read them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pagination import PageRequest
from resync.response_cache import ResponseCache, identity, shared_endpoints
from tests.resync.test_plan import plan
from tests.resync.test_response_cache import ENDPOINT, OTHERS, URL, Api

TEAMS = {"team": {"endpoint": "/teams", "field": ".id"}}


@pytest.mark.parametrize("name", OTHERS)
def test_endpoints_that_can_be_answered_differently_are_not_the_same(name: str) -> None:
    assert identity(OTHERS[name](ENDPOINT)) != identity(ENDPOINT)


def test_the_name_of_a_placeholder_and_the_order_of_a_body_s_keys_make_no_other() -> None:
    first = replace(ENDPOINT, params=(("of", "{team}"),), body={"a": 1, "b": 2})
    second = replace(
        ENDPOINT,
        url="https://api.example.com/teams/{id}",
        params=(("of", "{id}"),),
        body={"b": 2, "a": 1},
    )
    assert identity(first) == identity(second)


def test_only_what_is_read_twice_is_shared_discoveries_included() -> None:
    members = plan("/teams/{team}/members", path_parameters=TEAMS)
    teams, other = plan("/teams"), plan("/other")
    assert shared_endpoints([members, teams, other]) == {identity(teams.endpoint)}
    assert shared_endpoints([teams, other, plan("/teams", data_path=".x")]) == {
        identity(teams.endpoint)
    }
    assert shared_endpoints([members, other]) == frozenset()
    fixed = plan("/teams/{team}/members", path_parameters={"team": {"values": [1]}})
    assert shared_endpoints([fixed, fixed]) == {identity(fixed.endpoint)}


async def test_an_answer_for_several_is_not_put_into_a_file_that_one_can_read() -> None:
    api = Api()
    api.gate.set()
    cache = ResponseCache(api.send, frozenset({identity(ENDPOINT)}))
    page = PageRequest(URL, ENDPOINT.params, ENDPOINT.body)
    request = replace(ENDPOINT.outgoing(page), to_file=True)
    async with cache.reading(ENDPOINT, request) as reading:
        await reading.send(request)
    cache.close()
    assert [sent.to_file for sent in api.sent] == [False]
