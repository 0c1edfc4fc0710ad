"""Listings that are read once for each parent, and discoveries of parents that misread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.shape_api import NONE, Ask, Record, Reply, Shape

TEAMS = ("t1", "t2", "t3")
EXPERIMENTS = (101, 102, 103)
GROUPS = 7

USERS_OF_TEAMS = ("/teams/{team}/users",)


def of_team(ask: Ask) -> Reply:
    """The users of the team that the path names."""
    number = TEAMS.index(ask.path.split("/")[2])
    return Reply({"items": ask.records[number :: len(TEAMS)]})


def teams_as(body: Any) -> Callable[[Ask], Reply]:
    """Teams in the shape of ``body``, and the users of each."""
    return lambda ask: Reply(body) if ask.path == "/teams" else of_team(ask)


def discovered(body: Any, fails: str = "", warns: str = "", **entry: Any) -> Shape:
    selector = {"path_parameters": {"team": {"endpoint": "/teams", "field": ".id", **entry}}}
    return Shape(
        teams_as(body), ".items", NONE, selector, fails=fails, warns=warns, kinds=USERS_OF_TEAMS
    )


def teams_of_orgs(ask: Ask) -> Reply:
    """Each organisation has a list of teams, of which no record has an ``id``."""
    if ask.path == "/orgs":
        return Reply([{"id": "o1"}, {"id": "o2"}])
    if ask.path.startswith("/orgs/"):
        return Reply([{"key": "t1"}] if ask.path == "/orgs/o1/teams" else [])
    return of_team(ask)


def mlflow(ask: Ask) -> Reply:
    """Runs of the experiments that the body names by their numbers; none of others."""
    if ask.path == "/experiments":
        return Reply({"experiments": [{"experiment_id": one} for one in EXPERIMENTS]})
    wanted = ask.json["experiment_ids"]
    found: list[Record] = []
    for number, experiment in enumerate(EXPERIMENTS):
        found += ask.records[number :: len(EXPERIMENTS)] if experiment in wanted else []
    return Reply({"runs": found})


def details(ask: Ask) -> Reply:
    """A detail for each user in its own group; something else for any other pair."""
    users = [{"id": one["id"], "group_id": f"g{n % GROUPS}"} for n, one in enumerate(ask.records)]
    if ask.path == "/users":
        return Reply(users)
    user, group = ask.query["user"], ask.query["group"]
    for record, known in zip(ask.records, users, strict=True):
        if (known["id"], known["group_id"]) == (user, group):
            return Reply([record])
    return Reply([{"id": f"phantom {user} {group}"}])


USER = {"u": {"endpoint": "/users", "field": ".id", "include": {"group": ".group_id"}}}
EXPERIMENT = {
    "exp": {"endpoint": "/experiments", "data_path": ".experiments", "field": ".experiment_id"}
}
ORGS = {
    "org": {"endpoint": "/orgs", "field": ".id"},
    "team": {"endpoint": "/orgs/{org}/teams", "field": ".id"},
}

SHAPES = {
    "Parents: an envelope for the only parent": discovered(
        {"teams": [{"id": one} for one in TEAMS]},
        "where a list of records was expected. Set data_path to where they are, such as '.teams'",
    ),
    "Parents: an envelope without their array": discovered(
        {"ok": 1, "id": None}, "where a list of records was expected"
    ),
    "Parents: an envelope, and nothing is fine": discovered(
        {"teams": [{"id": one} for one in TEAMS]},
        "where a list of records was expected",
        data_path=". // []",
    ),
    "Parents: no field in any": discovered(
        [{"key": one} for one in TEAMS],
        "path_parameters.team.field '.id' is null or empty in all of 3 records, such as an object "
        "with the keys key",
    ),
    "Parents: empty texts": discovered([{"id": ""}] * 3, "field '.id' is null or empty in all"),
    "Parents: a filter by a key that is in none": discovered(
        [{"id": one, "active": True} for one in TEAMS],
        "filter '.activ == true' finds nothing in 3 records, such as an object with the keys id, "
        "active: none has the key activ",
        filter=".activ == true",
    ),
    "Parents: lists by a key that is in none": discovered(
        [{"ids": list(TEAMS)}], "none has the key names", field=".names | arrays"
    ),
    "Parents: no field in any child": Shape(
        teams_of_orgs,
        ".items",
        NONE,
        {"path_parameters": ORGS},
        fails="path_parameters.team.field '.id' is null or empty in all of 1 records",
        kinds=("/teams/{team}/users",),
    ),
    "Parents: no group in any": Shape(
        lambda ask: Reply([{"id": one} for one in TEAMS]) if ask.path == "/users" else details(ask),
        ".",
        NONE,
        {"path_parameters": USER},
        fails="path_parameters.u.include.group '.group_id' is null or empty in all of 3 records",
        kinds=("/details?user={u}&group={u.group}",),
    ),
    "Parents: some without the field": discovered(
        [{"id": "t1"}, {"id": None}, {"id": "t2"}, {}, {"id": "t3"}],
        warns="2 discovered values of {team} were null or empty and are skipped",
    ),
    "Parents: the object is meant": discovered(
        {"ids": list(TEAMS)}, data_path="[.]", field=".ids[]"
    ),
    "MLflow: parent in the body": Shape(
        mlflow,
        ".runs",
        NONE,
        {
            "method": "POST",
            "body": {"experiment_ids": ["{exp}"]},
            "path_parameters": EXPERIMENT,
        },
        kinds=("/runs/search",),
    ),
    "Two fields of one parent": Shape(
        details,
        ".",
        NONE,
        {"path_parameters": USER},
        kinds=("/details?user={u}&group={u.group}",),
    ),
}
