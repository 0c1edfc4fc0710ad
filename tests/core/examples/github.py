"""GitHub's REST API, version 2022-11-28: bare lists, and positions in the ``Link`` header."""

from __future__ import annotations

from urllib.parse import urlencode

from tests.support.recorded import Answer, Ask, Headers, Record, RecordedApi, only_with

FILL = {"API_TOKEN": "github_pat_11ABCDEFG"}
REFUSAL = "answered 401 Unauthorized"
CAP = 3
"""Items on a page at most; GitHub's own is 100."""

LOGINS = ["octocat", "hubot", "defunkt", "mojombo"]
REPOS = ["api", "web", "docs", "legacy", "infra", "gone", "mobile"]
ARCHIVED = "legacy"
DELETED = "gone"
"""Still in the list, but no more when its pull requests are asked for."""

PULLS = {"api": [1, 4, 7, 8], "web": [2], "infra": [3, 5]}


def make() -> RecordedApi:
    """An organization of four people."""
    refusal = Answer({"message": "Bad credentials", "status": "401"}, 401)
    return RecordedApi(
        only_with("authorization", f"Bearer {FILL['API_TOKEN']}", refusal),
        {
            "GET /orgs/acme/members": lambda ask: _page(ask, [_user(name) for name in LOGINS]),
            "GET /orgs/acme/teams": lambda ask: _page(ask, [_team("Platform"), _team("Design")]),
            "GET /orgs/acme/repos": lambda ask: _page(ask, [_repo(name) for name in REPOS]),
            "GET /repos/acme/([^/]+)/pulls": _pulls,
        },
    )


def _pulls(ask: Ask) -> Answer:
    (repo,) = ask.names
    if repo == DELETED or ask.headers["x-github-api-version"] != "2022-11-28":
        return Answer({"message": "Not Found", "documentation_url": "https://docs.github.com"}, 404)
    return _page(ask, [_pull(repo, number) for number in PULLS.get(repo, [])])


def _page(ask: Ask, records: list[Record]) -> Answer:
    page, size = int(ask.query.get("page", 1)), min(int(ask.query.get("per_page", 30)), CAP)
    last = max(1, -(-len(records) // size))
    links = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    shown = {
        rel: number
        for rel, number in links.items()
        if (rel in ("prev", "first") and page > 1) or (rel in ("next", "last") and page < last)
    }
    header = ", ".join(
        f'<{ask.url}?{urlencode({**ask.query, "page": number})}>; rel="{rel}"'
        for rel, number in shown.items()
    )
    headers: Headers = {"x-ratelimit-remaining": "4999", "x-ratelimit-reset": "1764000000"}
    if header:
        headers["link"] = header
    return Answer(records[(page - 1) * size : page * size], headers=headers)


def _user(login: str) -> Record:
    return {
        "login": login,
        "id": 500 + len(login),
        "html_url": f"https://github.com/{login}",
        "type": "User",
        "site_admin": login == "octocat",
    }


def _team(name: str) -> Record:
    slug = name.lower()
    return {
        "id": 1,
        "slug": slug,
        "name": name,
        "description": None,
        "privacy": "closed",
        "html_url": f"https://github.com/orgs/acme/teams/{slug}",
        "parent": None,
    }


def _repo(name: str) -> Record:
    return {
        "id": 1296269,
        "name": name,
        "full_name": f"acme/{name}",
        "owner": _user("octocat"),
        "html_url": f"https://github.com/acme/{name}",
        "description": f"The {name}",
        "language": None if name == "docs" else "Go",
        "visibility": "private",
        "private": True,
        "archived": name == ARCHIVED,
        "topics": ["team-platform"],
        "open_issues_count": len(PULLS.get(name, [])),
        "pushed_at": "2026-01-26T19:06:43Z",
    }


def _pull(repo: str, number: int) -> Record:
    return {
        "number": number,
        "title": f"Change {number}",
        "state": "open",
        "draft": number == 8,
        "html_url": f"https://github.com/acme/{repo}/pull/{number}",
        "created_at": "2026-02-01T09:00:00Z",
        "user": _user("hubot"),
        "head": {"ref": "topic", "repo": None},
        "base": {"ref": "main", "repo": _repo(repo)},
    }


IDENTIFIERS = {
    "githubUser": LOGINS,
    "githubTeam": ["platform", "design"],
    "githubRepository": [f"acme/{name}" for name in REPOS if name != ARCHIVED],
    "githubPullRequest": [f"acme/{repo}/{n}" for repo, numbers in PULLS.items() for n in numbers],
}
SAMPLES = {
    "githubRepository": {
        "identifier": "acme/docs",
        "title": "docs",
        "properties": {
            "description": "The docs",
            "url": "https://github.com/acme/docs",
            "language": None,
            "visibility": "private",
            "topics": ["team-platform"],
            "openIssues": 0,
            "pushedAt": "2026-01-26T19:06:43Z",
        },
        "relations": {},
    },
    "githubPullRequest": {
        "identifier": "acme/api/8",
        "title": "Change 8",
        "properties": {
            "state": "open",
            "draft": True,
            "url": "https://github.com/acme/api/pull/8",
            "createdAt": "2026-02-01T09:00:00Z",
        },
        "relations": {"repository": "acme/api", "author": "hubot"},
    },
}
