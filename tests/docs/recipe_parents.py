"""The servers of the recipes that read once for each parent, or count from a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

from tests.docs.recipe_shape import CAP, REFUSED, Shape, decoded, encoded, numbered
from tests.support.recorded import Answer, Ask, window


def mlflow() -> Shape:
    experiments, runs = list(range(1, 13)), numbered("run", 12)

    def listed(ask: Ask) -> Answer:
        if ask.query.get("max_results") != "100":
            return REFUSED
        start = int(decoded(ask.query.get("page_token", "")) or 0)
        records = [{"experiment_id": one, "name": f"e{one}"} for one in experiments]
        found, more = window(records, start, 100, CAP)
        token = {"next_page_token": encoded(str(start + CAP))} if more else {}
        return Answer({"experiments": found, **token})

    def search(ask: Ask) -> Answer:
        if ask.json["max_results"] != 100 or len(ask.json["experiment_ids"]) != 1:
            return REFUSED
        (experiment,) = ask.json["experiment_ids"]
        if experiment not in experiments:
            return Answer({})
        start = int(decoded(ask.json.get("page_token", "")) or 0)
        records = [{"info": {"run_id": f"{experiment}-{one}", "run_name": one}} for one in runs]
        found, more = window(records, start, 100, CAP)
        token = {"next_page_token": encoded(str(start + CAP))} if more else {}
        return Answer({"runs": found, **token})

    return Shape(
        {
            "GET /api/2.0/mlflow/experiments/search": listed,
            "POST /api/2.0/mlflow/runs/search": search,
        },
        {"run": [f"{experiment}-{run}" for experiment, run in product(experiments, runs)]},
    )


def memberships() -> Shape:
    groups = {name: f"g-{number % 3}" for number, name in enumerate(numbered("u", 12))}

    def users(_: Ask) -> Answer:
        return Answer({"users": [{"id": n, "group_id": group} for n, group in groups.items()]})

    def membership(ask: Ask) -> Answer:
        user, group = ask.query["user"], ask.query["group"]
        if groups.get(user) != group:
            return Answer({"memberships": [{"id": f"no member of {group}", "role": "none"}]})
        return Answer({"memberships": [{"id": f"{user}-{group}", "role": "owner"}]})

    return Shape(
        {"GET /api/users": users, "GET /api/memberships": membership},
        {"membership": [f"{user}-{group}" for user, group in groups.items()]},
    )


def environments() -> Shape:
    repositories, names = [f"acme/{name}" for name in numbered("repo", 12)], numbered("env", 3)

    def repos(ask: Ask) -> Answer:
        size, page = ask.query.get("per_page"), int(ask.query.get("page", 1))
        if size != "100":
            return REFUSED
        records = [{"full_name": name} for name in repositories]
        found, more = window(records, (page - 1) * CAP, 100, CAP)
        link = f'<{ask.url}?per_page={size}&page={page + 1}>; rel="next"'
        return Answer(found, headers={"link": link} if more else {})

    def of_repo(ask: Ask) -> Answer:
        if ask.names[0] not in repositories:
            return Answer({"message": "Not Found"}, 404)
        found = [{"id": f"{ask.names[0]}/{name}", "name": name} for name in names]
        return Answer({"total_count": len(names), "environments": found})

    return Shape(
        {"GET /orgs/acme/repos": repos, "GET /repos/(.+)/environments": of_repo},
        {"environment": [f"{repo}/{name}" for repo, name in product(repositories, names)]},
    )


def recent() -> Shape:
    now = datetime.now(UTC)
    ages = {name: timedelta(days=number, hours=12) for number, name in enumerate(numbered("d", 60))}

    def answer(ask: Ask) -> Answer:
        since = datetime.strptime(ask.query["since"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        found = [{"id": name} for name, age in ages.items() if now - age >= since]
        page, more = window(found, int(ask.query["offset"]), int(ask.query["limit"]), CAP)
        return Answer({"deployments": page, "has_more": more})

    kept = [name for name, age in ages.items() if age < timedelta(days=30)]
    return Shape({"GET /api/deployments": answer}, {"deployment": kept})
