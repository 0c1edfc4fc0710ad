"""Blueprints and mappings from items, and where the items are."""

from __future__ import annotations

from typing import Any

import jq
import pytest

from cli.detect.answers import Answer, ItemsPath, locate
from cli.detect.fields import read_fields
from cli.detect.findings import Detection
from cli.detect.modelling import Model, model_of
from cli.detect.options import Endpoint
from cli.detect.relations import relate
from cli.detect.signals import read_signals
from cli.detect.texts import jq_path, singular, title_of


def modelled(
    *listings: tuple[str, list[Any]], complete: bool = True, prefix: str = ""
) -> list[Model]:
    """The models of endpoints by path and items, with their relations."""
    taken: set[str] = set()
    models = []
    for path, items in listings:
        detection = Detection(Endpoint(f"https://a.example{path}", path), Answer(), ".")
        detection.items, detection.complete = items, complete
        models.append(model_of(detection, taken, lambda name: False, prefix))
    relate(models)
    return models


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        ([1], "/x", "."),
        ({"data": [{"a": 1}], "included": [{"b": 1}, {"b": 2}]}, "/x", ".data"),
        ({"page": {"teams": [{"a": 1}], "tags": [{"b": 1}]}}, "/v1/teams", ".page.teams"),
        ({"data": [{"a": 1}], "tickets": [{"b": 1}]}, "/api/v2/tickets.json", ".tickets"),
        ({"errors": [], "warnings": ["w"], "d": {"results": []}}, "/x", ".d.results"),
        ({"facets": [{"f": 1}, {"f": 2}], "hits": {"hits": [{"a": 1}]}}, "/x", ".hits.hits"),
        ({"ids": [1, 2], "rows": [{"a": 1}]}, "/x", ".rows"),
        ({"things": [{"parts": [{"a": 1}, {"a": 2}]}]}, "/x", ".things"),
        ({"name": "one"}, "/x", "."),
    ],
)
def test_where_the_items_are(body: Any, path: str, expected: str) -> None:
    located = locate(body, path)
    assert located is not None
    assert located.path.jq == expected


def test_arrays_that_could_be_meant_too_are_told() -> None:
    located = locate({"alpha": [{"a": 1}], "beta": [{"b": 1}]}, "/x")
    assert located is not None
    assert not located.certain
    assert located.others == (".beta",)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("a", ["x", None, "y"], {"type": "string"}),
        ("a", [1, 2.5, None], {"type": "number"}),
        ("a", [True, False], {"type": "boolean"}),
        ("a", [2**60, 1], {"type": "string"}),
        ("a", [1, "x", True], {"type": "string"}),
        ("a", ["https://a.example/x", "http://b"], {"type": "string", "format": "url"}),
        ("a", ["https://a.example/x", "none"], {"type": "string"}),
        ("a", ["javascript:alert(1)"], {"type": "string"}),
        ("a", ["a@b.example"], {"type": "string", "format": "email"}),
        ("owner_email", ["a@b.example"], {"type": "string", "format": "user"}),
        ("a", ["2024-01-31T10:00:00Z"], {"type": "string", "format": "date-time"}),
        ("a", ["2024-01-31T10:00:00.123+02:00"], {"type": "string", "format": "date-time"}),
        ("a", ["2024-01-31"], {"type": "string"}),
        ("a", [["x"], []], {"type": "array", "items": {"type": "string"}}),
        ("a", [["x", 1]], {"type": "array"}),
        ("a", [[{"b": 1}]], {"type": "array", "items": {"type": "object"}}),
        ("a", [{"b": 1}, {}], {"type": "object"}),
        ("a", [{"b": 1}, [1]], {"type": "string"}),
    ],
)
def test_the_type_of_a_property(name: str, values: list[Any], expected: dict[str, Any]) -> None:
    (found,) = read_fields([{name: value} for value in values]).properties
    assert {key: value for key, value in found.schema.items() if key != "title"} == expected


def test_a_field_without_values_makes_no_property() -> None:
    fields = read_fields([{"a": None, "b": 1}])
    assert [one.key for one in fields.properties] == ["b"]
    assert fields.left_out == (("a", "it never has a value"),)


def test_keys_that_port_does_not_allow_stay_apart() -> None:
    fields = read_fields([{"a b": 1, "a.b": 2, "a_b": 3, "é": 4}])
    keys = [one.key for one in fields.properties]
    assert keys == ["a_b", "a_b_2", "a_b_3", "field"]
    assert [one.expression for one in fields.properties][:2] == ['."a b"', '."a.b"']


@pytest.mark.parametrize(
    ("items", "identifier", "confidence"),
    [
        ([{"id": 1, "name": "x"}, {"id": 2, "name": "y"}], ".id | tostring", "sure"),
        ([{"id": "a", "key": "x"}, {"id": "a", "key": "y"}], ".key", "sure"),
        ([{"id": None, "slug": "x"}, {"id": "a", "slug": "y"}], ".slug", "sure"),
        (
            [{"name": "n 1", "thing_id": "x"}, {"name": "n 2", "thing_id": "y"}],
            ".thing_id",
            "likely",
        ),
        ([{"name": "n 1"}, {"name": "n 2"}], ".name", "not sure"),
        ([{"node": {"id": "x"}}, {"node": {"id": "y"}}], ".node.id", "sure"),
        ([{"id": 1}, {"id": 1}], ".id", "not sure"),
        ([{"id": "x"}], ".id", "likely"),
        ([], ".id", "not sure"),
    ],
)
def test_the_identifier(items: list[Any], identifier: str, confidence: str) -> None:
    (model,) = modelled(("/things", items))
    found = next(one for one in model.findings if one.setting == "identifier")
    assert (found.value, found.confidence) == (identifier, confidence)


def expressions(model: Model, *names: str) -> list[list[Any]]:
    """What jq makes of each item by the expressions of ``names``."""
    return [
        [outputs(getattr(model, f"{name}_expression"), item) for name in names]
        for item in model.items
    ]


def outputs(expression: str, item: Any) -> Any:
    """The one value of an expression, or the error."""
    try:
        (value,) = jq.compile(expression).input_value(item).all()
    except ValueError as error:
        return error
    return value


@pytest.mark.parametrize(
    ("items", "identifiers"),
    [
        ([{"team_id": t, "user_id": u, "n": 1} for t in "ab" for u in (1, 2)],
         ["a/1", "a/2", "b/1", "b/2"]),
        ([{"org": {"id": o}, "name": n} for o in (1, 2) for n in "xy"],
         ["1/x", "1/y", "2/x", "2/y"]),
        ([{"id": i, "code": c, "name": n} for i in "ab" for c in "cd" for n in "ef"],
         ["a/c/e", "a/c/f", "a/d/e", "a/d/f", "b/c/e", "b/c/f", "b/d/e", "b/d/f"]),
        # Moments change, and what changes identifies nothing.
        ([{"at": "2026-01-01T00:00:00Z", "size": "x", "id": i, "name": n}
          for i in "ab" for n in "cd"], ["a/c", "a/d", "b/c", "b/d"]),
    ],
)  # fmt: skip
def test_several_fields_together_identify_what_none_does_alone(
    items: list[Any], identifiers: list[str]
) -> None:
    (model,) = modelled(("/things", items))
    assert expressions(model, "identifier") == [[one] for one in identifiers]
    assert outputs(model.identifier_expression, {}) is None
    (found,) = [one for one in model.findings if one.setting == "identifier"]
    assert found.confidence == "likely"
    assert expressions(model, "title")


@pytest.mark.parametrize(
    "items",
    [
        [{"id": 1, "name": "x"}, {"id": 1, "name": "x"}],
        [{"id": None}, {"id": None}],
        [{"colour": "red"}, {"colour": "red"}, {}],
        [{"changed": "2026-01-01"}, {"changed": "2026-01-02"}],
        [{"id": 1}, {}],
        [{}, {}],
        # Two ways to join that are one text are no way.
        [{"name": "a/b", "code": "c"}, {"name": "a", "code": "b/c"}, {"name": "a", "code": "c"}],
    ],
)
def test_where_nothing_identifies_the_items_the_mapping_raises(items: list[Any]) -> None:
    """Items of one identifier overwrite each other in the catalog."""
    (model,) = modelled(("/things", items))
    for (found,) in expressions(model, "identifier"):
        assert "no field identifies these items" in str(found)
    (finding,) = [one for one in model.findings if one.setting == "identifier"]
    assert finding.confidence == "not sure"


def test_numbers_that_differ_by_chance_are_not_sure() -> None:
    (model,) = modelled(("/things", [{"size": 3}, {"size": 4}]))
    (finding,) = [one for one in model.findings if one.setting == "identifier"]
    assert (finding.value, finding.confidence) == (".size | tostring", "not sure")


def test_an_identifier_that_was_not_seen_is_null_where_it_is_not_there() -> None:
    (model,) = modelled(("/things", []))
    found = [outputs(model.identifier_expression, item) for item in ({}, {"id": 7}, {"id": "a"})]
    assert found == [None, "7", "a"]


@pytest.mark.parametrize(
    "name",
    ["password", "apiToken", "client_secret", "session", "privateKey", "Authorization", "token_id",
     "private", "key"],
)  # fmt: skip
def test_a_field_with_a_secret_name_makes_no_property(name: str) -> None:
    items = [{"id": n, "name": f"n{n}", name: f"value {n}", "size": n} for n in range(3)]
    (model,) = modelled(("/things", items))
    assert [one.name for one in model.fields.properties] == ["size"]
    assert model.fields.left_out == ((name, "its name says that it may hold a secret"),)
    written = [model.identifier_expression, model.title_expression]
    assert written == [".id | tostring", ".name"]


@pytest.mark.parametrize("name", ["token", "secret_id"])
def test_a_field_with_a_secret_name_is_no_identifier_and_no_title(name: str) -> None:
    items = [{name: f"t{n}", "label": "same"} for n in range(3)]
    (model,) = modelled(("/things", items))
    assert name not in f"{model.identifier_expression} {model.title_expression}"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"user": "u", "password": "p"}, "it holds password, whose name says"),
        ({"db": {"api_key": 7}}, "it holds api_key, whose name says"),
        ([{"name": "x", "token": "t"}], "it holds token, whose name says"),
        ({"tokens": ["a"]}, "it holds tokens, whose name says"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sig", "looks like a credential"),
        ("ghp_abcdefghij0123456789", "looks like a credential"),
        ("AKIAABCDEFGHIJKLMNOP", "looks like a credential"),
        ("Bearer abcdefghijklmnop", "looks like a credential"),
        ("-----BEGIN RSA PRIVATE KEY-----", "looks like a credential"),
        ("postgres://app:hunter2@db.example/x", "looks like a credential"),
        ("https://s3.example/x?X-Amz-Signature=abc", "looks like a credential"),
        ("https://hooks.slack.com/services/T0/B0/abc", "looks like a credential"),
        ("https://discord.com/api/webhooks/1/abc", "looks like a credential"),
        ("https://acme.webhook.office.com/webhookb2/1", "looks like a credential"),
        (["a", "sk_live_0123456789"], "looks like a credential"),
        ({"url": "https://h.example/x?a=1&access_token=b"}, "looks like a credential"),
    ],
)
def test_what_holds_a_secret_makes_no_property(value: Any, why: str) -> None:
    items = [{"id": 1, "size": 1, "spec": None}, {"id": 2, "size": 1, "spec": value}]
    (model,) = modelled(("/things", items))
    assert [one.name for one in model.fields.properties] == ["size"]
    ((name, told),) = model.fields.left_out
    assert name == "spec" and why in told


@pytest.mark.parametrize(
    "value",
    [
        {"private": False, "has_password": True, "token": None},
        {"project": {"key": "OPS"}},
        {"author": "x", "next_page_token": "y"},
        "https://h.example/x?key=OPS&page=2",
        "https://h.example:8443/x@y",
        "https://acme.slack.com/archives/C0/p1",
        "a token is needed: see the bearer of bad news",
    ],
)
def test_what_holds_no_secret_stays(value: Any) -> None:
    (model,) = modelled(("/things", [{"id": 1, "spec": value}, {"id": 2, "spec": value}]))
    assert [one.name for one in model.fields.properties] == ["spec"]


def test_a_key_identifies_and_is_no_title_unless_it_does() -> None:
    issues = [{"key": f"OPS-{n}", "size": 1} for n in range(3)]
    (model,) = modelled(("/issues", issues))
    assert (model.identifier_expression, model.title_expression) == (".key", ".key")
    (model,) = modelled(("/keys", [{"id": n, **one} for n, one in enumerate(issues)]))
    assert (model.identifier_expression, model.title_expression) == (".id | tostring",) * 2
    secret = [{"key": f"sk_live_012345678{n}", "size": 1} for n in range(3)]
    (model,) = modelled(("/keys", secret))
    assert "key" not in f"{model.identifier_expression} {model.title_expression}"


def test_what_is_beside_a_secret_still_relates() -> None:
    services = [{"id": f"s{n}", "team": {"id": n, "token": "t"}} for n in (1, 2, 5)]
    _, model = modelled(TEAMS, ("/services", services))
    assert [(one.key, one.target) for one in model.relations] == [("team", "team")]
    assert model.fields.properties == ()


@pytest.mark.parametrize(
    "copy",
    [
        lambda one: {"self": one},
        lambda one: {"self": {"id": one}},
        lambda one: {"parent_id": one},
        lambda one: {"thing_ids": [one]},
        lambda one: {"thing": {"id": one, "kind": "x"}},
    ],
)
def test_a_field_that_repeats_the_identifier_is_no_relation(copy: Any) -> None:
    things = [{"id": f"t{n}", **copy(f"t{n}")} for n in range(12)]
    (model,) = modelled(("/things", things))
    assert model.relations == []


def test_a_parent_is_a_relation_and_a_root_has_none() -> None:
    parents = {f"t{n}": f"t{n % 3}" for n in range(12)}
    things: list[dict[str, Any]] = [
        {"id": one, "parent_id": parent} for one, parent in parents.items()
    ]
    (model,) = modelled(("/things", things))
    (relation,) = model.relations
    assert (relation.key, relation.target) == ("parent", "thing")
    found = [outputs(relation.expression, item) for item in model.items]
    assert found == [None if one == parent else parent for one, parent in parents.items()]
    for item in things[:3]:
        item["parent_id"] = None
    (model,) = modelled(("/things", things))
    assert "if . ==" not in model.relations[0].expression.split("(")[0]
    assert [outputs(model.relations[0].expression, item) for item in model.items] == [
        item["parent_id"] for item in things
    ]


def test_a_prefix_changes_names_and_nothing_else() -> None:
    services = [{"service_id": f"s{n}", "team_id": n, "name": "same"} for n in (1, 2, 5)]
    found = modelled(TEAMS, ("/services", services), prefix="crm")
    bare = modelled(TEAMS, ("/services", services))
    assert [one.blueprint for one in found] == ["crm_team", "crm_service"]
    assert [one.identifier_expression for one in found] == [
        one.identifier_expression for one in bare
    ]
    assert [(one.key, one.target) for one in found[1].relations] == [("team", "crm_team")]
    assert [one.key for one in bare[1].relations] == ["team"]


def test_the_title_is_a_name_or_else_the_identifier() -> None:
    (named,) = modelled(("/things", [{"id": 1, "label": "x"}, {"id": 2, "label": "y"}]))
    assert named.title_expression == ".label"
    (bare,) = modelled(("/things", [{"id": 1}, {"id": 2}]))
    assert bare.title_expression == ".id | tostring"


TEAMS = ("/api/v1/teams", [{"id": n, "name": f"Team {n}"} for n in range(1, 6)])


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        ("team_id", [1, 2, None], ("team", False, ".team_id | if . == null then null else")),
        ("team", [{"id": 1}, {"id": 5}], ("team", False, ".team.id | if . == null")),
        ("teamIds", [[1, 2], []], ("teams", True, "[.teamIds[]? | select(. != null) | tostring]")),
        ("teams", [[{"id": 1}], [{"id": 2}]], ("teams", True, "[.teams[]?.id | select(")),
    ],
)
def test_a_relation_by_matching_identifiers(
    field: str, values: list[Any], expected: tuple[str, bool, str]
) -> None:
    services = [{"id": f"s{n}", field: value} for n, value in enumerate(values)]
    _, model = modelled(TEAMS, ("/services", services))
    (relation,) = model.relations
    assert (relation.key, relation.many) == expected[:2]
    assert relation.expression.startswith(expected[2])
    assert relation.target == "team"


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("tier", [1, 2, 3, 4]),
        ("team_id", [7, 8, 9]),
        ("team_count", [99, 1, 98, 97]),
        ("id", [1, 2, 3]),
    ],
)
def test_numbers_that_match_by_chance_make_no_relation(field: str, values: list[int]) -> None:
    services = [{"uuid": f"s{n}", field: value} for n, value in enumerate(values)]
    _, model = modelled(TEAMS, ("/services", services))
    assert model.relations == []


def test_a_part_of_the_identifiers_is_enough_where_the_name_says_so() -> None:
    services = [{"id": f"s{n}", "team_id": n} for n in range(1, 11)]
    _, model = modelled(TEAMS, ("/services", services), complete=False)
    assert [one.key for one in model.relations] == ["team"]
    _, model = modelled(TEAMS, ("/services", services), complete=True)
    assert model.relations == []


def test_endpoints_of_the_same_name_get_blueprints_of_their_own() -> None:
    models = modelled(("/a/items", []), ("/b/items", []), ("/b/items/", []))
    assert len({model.blueprint for model in models}) == 3


def test_the_format_in_a_path_is_no_part_of_a_name() -> None:
    models = modelled(("/api/v2/tickets.json", []), ("/main/teams.JSON", []), ("/v1/rows.csv", []))
    assert [model.blueprint for model in models] == ["ticket", "team", "row"]


def test_signs_are_read_outside_the_items() -> None:
    body = {
        "items": [{"next": "/wrong", "total": 5}],
        "meta": {"next_cursor": "abc", "hasMore": True, "total": 12, "totalPages": 3},
        "a.b": {"next_cursor": "hidden"},
        "@odata.nextLink": "https://a.example/next",
        "deep": {"down": {"marker": "m", "isLast": False}},
        "links": [{"rel": "next", "href": "/more"}],
    }
    headers = {"x-ms-continuationtoken": "t2", "next-page": "/x?page=2", "x-total-count": "12"}
    signals = read_signals(Answer(body=body, headers=headers), ItemsPath(("items",)))
    assert set(signals.cursors) == {
        ("meta.next_cursor", "abc"),
        ("X-Ms-Continuationtoken", "t2"),
        ("deep.down.marker", "m"),
    }
    assert set(signals.links) == {
        ("@odata.nextLink", "https://a.example/next"),
        ('.links[] | select(.rel == "next") | .href', "/more"),
        ("Next-Page", "/x?page=2"),
    }
    assert [(one.path, one.more, one.turned) for one in signals.flags] == [
        ("meta.hasMore", True, False),
        ("deep.down.isLast", True, True),
    ]
    assert set(signals.totals) == {("meta.total", 12), ("X-Total-Count", 12)}
    assert signals.pages == (("meta.totalPages", 3),)
    assert signals.other_places == ("deep.down.isLast",)
    assert signals.promises_more


@pytest.mark.parametrize(
    ("links", "path"),
    [
        (
            [{"relation": "self", "url": "/a"}, {"relation": "next", "url": "/b"}],
            '.link[] | select(.relation == "next") | .url',
        ),
        ([{"rel": ["next"], "href": "/b"}], '.link[] | select(.rel | index("next")) | .href'),
        ([{"rel": "prev", "href": "/b"}], None),
        (["next"], None),
    ],
)
def test_a_link_in_a_list_of_links(links: list[Any], path: str | None) -> None:
    body = {"entry": [{"id": 1}], "link": links}
    signals = read_signals(Answer(body=body), ItemsPath(("entry",)))
    assert signals.links == (((path, "/b"),) if path else ())


def test_names_for_people_and_for_jq() -> None:
    assert [title_of(one) for one in ("created_at", "ownerId", "URL")] == [
        "Created at",
        "Owner ID",
        "URL",
    ]
    words = ("services", "entries", "statuses", "addresses", "status", "boxes", "data")
    found = [singular(word) for word in words]
    assert found == ["service", "entry", "status", "address", "status", "box", "data"]
    assert jq_path("a", "b-c", 'd"e\x1b') == '.a."b-c"."d\\"e\\u001b"'
