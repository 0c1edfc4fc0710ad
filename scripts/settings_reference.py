"""Writes ``docs/settings.md`` from ``.port/spec.yaml`` and the model of the settings.

``make docs`` runs it; a test fails when the page is not what it would write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic.alias_generators import to_snake

from pagination import places
from pagination.signs import DEFAULT_LINK_PATH
from settings.model import PARAM_DEFAULTS, allowed, required_when

SPEC = Path(".port/spec.yaml")
PAGE = Path("docs/settings.md")
PREFIX = "OCEAN__INTEGRATION__CONFIG__"

Entry = dict[str, Any]

HEAD = f"""\
# Settings

<!-- Written by `make docs` from .port/spec.yaml and settings/model.py. Change it there. -->

Each setting has a field in Port's form, a name in `config.yaml` and in the Helm values, and an
environment variable: `pageSize` is `{PREFIX}PAGE_SIZE`.
Values may always be text: `"100"`, `"true"`, and JSON for objects and lists. An empty text means
"not set", except for `sizeParam`.

Wrong, missing, misspelt and contradictory settings are all reported in one message before anything
is requested, each with what was found and what is allowed, and the process ends. The value of a
secret is never shown.

A resource of the mapping can have its own pagination: see
[the mapping guide](mapping.md#pagination). Which test shows each setting is in [keys.md](keys.md).
"""

DEFAULTS_IN_WORDS = {
    "baseUrl": "none",
    "paginationParam": "[by type](#parameters-by-type)",
    "sizeParam": "[by type](#parameters-by-type)",
    "cursorPath": "[common places](#common-places)",
    "hasMorePath": "[common places](#common-places)",
    "totalPath": "[common places](#common-places)",
    "totalPagesPath": "[common places](#common-places)",
    "nextLinkPath": f"`{DEFAULT_LINK_PATH}`",
    "maxRequestsPerSecond": "no limit",
}
"""Where the absence of a setting means something that the specification cannot say."""

OF_OCEAN = {
    "OCEAN__PORT__CLIENT_ID": ("required", "Port's client id. A secret."),
    "OCEAN__PORT__CLIENT_SECRET": ("required", "Port's client secret. A secret."),
    "OCEAN__PORT__BASE_URL": (
        "`https://api.getport.io`",
        "Port's API; another region has another address.",
    ),
    "OCEAN__INTEGRATION__IDENTIFIER": (
        "`my-custom-integration`",
        "The name of this installation. Two with one name delete each other's entities.",
    ),
    "OCEAN__INTEGRATION__TYPE": ("`custom`", "The kind of integration: `custom`."),
    "OCEAN__INTEGRATION__INCREMENTAL_SYNC_ENABLED": (
        "`false`",
        "Reads by increments the resources that say how: see [the mapping guide]"
        "(mapping.md#incremental).",
    ),
    "OCEAN__INTEGRATION__INCREMENTAL_SYNC_INTERVAL": (
        "`15`",
        "Minutes between increments: 15, 30 or 60.",
    ),
    "OCEAN__SCHEDULED_RESYNC_INTERVAL": (
        "none",
        "Resync interval: minutes between full resyncs. Without it there is one at the start, and "
        "one whenever the mapping changes. A resync that is still running when the next is due is "
        "left to finish.",
    ),
    "OCEAN__SEND_RAW_DATA_EXAMPLES": (
        "`true`",
        "Send raw data examples: whether the first items of each kind are shown in Port's mapping "
        "editor.",
    ),
    "OCEAN__INITIALIZE_PORT_RESOURCES": (
        "`true`",
        "Whether the blueprints and the mapping of `OCEAN__RESOURCES_PATH` are created in Port at "
        "the first start.",
    ),
    "OCEAN__RESOURCES_PATH": (
        "`.port/resources`",
        "The folder of `blueprints.json` and `port-app-config.yaml`.",
    ),
    "OCEAN__EVENT_LISTENER__TYPE": (
        "`POLLING`",
        "How Ocean hears of a changed mapping: `POLLING` asks Port once a minute. `ONCE` is one "
        "resync, then the end.",
    ),
    "OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS": (
        "`true`",
        "Whether jq expressions of the mapping may read environment variables (`env.NAME`).",
    ),
    "APPLICATION__LOG_LEVEL": ("`INFO`", "`DEBUG` also tells what ended each listing."),
}
"""Ocean's own settings: environment variable, default, meaning."""


COMMON_PLACES = """\
### Common places

A *sign* is what a response says about further pages. All signs are read on every page, with every
`paginationType`: those that a setting names (`hasMorePath`, `lastPagePath`, `totalPath`,
`totalPagesPath`, and `cursorPath`, `nextLinkPath` or `headerLinkRel` of the type), and those at
these places. How they are weighed is described in
[reliability.md](reliability.md#how-a-listing-ends).

Names are compared without regard to capitals, `-` and `_`, and are written here without them:
`hasmore` stands for `has_more`, `hasMore` and `Has-More`.
"""

SURROUNDINGS = """\
- They are read at the root of a response, beside the array that holds the records, and at both
  below any of the objects below. In a list that holds the records beside other objects, they are
  read in those objects.
- They are read in headers, too, whose names may begin with `X-`, `WP-`, `Pagination-` or `Paging-`:
  `X-Total-Count`, `X-WP-TotalPages`, `X-Next-Page`, `x-has-next-page`. Other headers that are read:
  `Link` with `rel=next` (one with `results="false"` says end), `Content-Range`, any with `next`,
  `cursor` or `continuation` in its name, and a `Pagination` header that holds JSON.
- Of a list of links, the one with `rel` or `relation` `next` is a link.
- Where the item is the response itself (`data_path` is `.` or `[.]`), only headers are read: all
  else may be a field of the item. Without a `cursorPath`, `cursor` reads the names of cursors even
  so.
- `ignoredSigns` names the signs that mean something else in an API. They are written there as
  messages write them (`meta.total`, `X-Total-Count`), and `Link` stands for all of that header.

Some names are less sure. They only say more, never end:
"""

NOT_FIRST = """\
By `offset` and `page` the first page must be the listing's first. A `Link` with `rel=prev` says
that it is not, and so does a page number above the one that was asked for, or one of these:
"""

SIGNS: dict[tuple[str, str, str], Iterable[str]] = {
    ("flag", "true, 1, yes, y", "false, 0, no, n"): places.MORE_FLAGS,
    ("flag, turned round", "false", "true"): places.LAST_FLAGS,
    (
        "link, or what else leads on",
        "a URL, a path, a cursor, a page number, true",
        "null, an empty text, false; gone where an earlier page had it",
    ): (
        *sorted(places.NEXT),
        *(f"{name}.next" for name in places.LINK_OBJECTS),
    ),
    (
        "cursor",
        "a value",
        "null, an empty text; 0 or gone where an earlier page had one",
    ): places.CURSORS,
    (
        "number of pages",
        f"above the page's own number ({', '.join(places.NUMBERS)})",
        "equal to it",
    ): places.PAGES,
    ("total", "above the records read", "equal to them"): places.TOTALS,
}
"""By what a sign is and when it says what: the names that are recognised."""

FURTHER = {
    "flags": "flag",
    "last": "flag, turned round",
    "links": "link",
    "cursors": "cursor",
    "pages": "number of pages",
    "totals": "total",
}


def reference() -> str:
    """The whole page."""
    spec = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    entries: dict[str, Entry] = {entry["name"]: entry for entry in spec["configurations"]}
    sections = spec["interface"]["sections"]
    grouped = {name for section in sections for name in section["configurationNames"]}
    parts = [HEAD, *_group("The API", [e for name, e in entries.items() if name not in grouped])]
    for section in sections:
        parts += _group(section["label"], [entries[n] for n in section["configurationNames"]])
        if section["label"] == "Pagination":
            parts += [*_defaults_by_type(), *_common_places()]
    return "\n".join([*parts, *_of_ocean()]) + "\n"


def _group(label: str, entries: list[Entry]) -> Iterator[str]:
    yield f"## {label}\n"
    yield "| setting and environment variable | default | needed | meaning | allowed |"
    yield "|---|---|---|---|---|"
    for entry in entries:
        cells = (
            _names(entry),
            _default(entry),
            _needed(entry),
            entry["description"] + (" **Secret.**" if entry.get("sensitive") else ""),
            allowed(to_snake(entry["name"])),
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _names(entry: Entry) -> str:
    return f"`{entry['name']}`<br>`{PREFIX}{to_snake(entry['name']).upper()}`"


def _default(entry: Entry) -> str:
    default = entry.get("default")
    if default is None:
        return DEFAULTS_IN_WORDS.get(entry["name"], "none")
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _needed(entry: Entry) -> str:
    """When a setting is required, else with which values of another it is used."""
    if entry["required"]:
        return "always"
    need = required_when(to_snake(entry["name"]))
    if need:
        return f"for `{need[1]}`"
    for dependency in entry.get("dependencies", []):
        when = dependency["when"]
        values = when.get("in", [when.get("equals")])
        return "optional, for " + ", ".join(f"`{value}`" for value in values)
    return "optional"


def _defaults_by_type() -> Iterator[str]:
    yield "### Parameters by type\n"
    yield "| `paginationType` | `paginationParam` | `sizeParam` |"
    yield "|---|---|---|"
    for kind, names in PARAM_DEFAULTS.items():
        shown = " | ".join(f"`{name}`" if name else "none" for name in names)
        yield f"| `{kind}` | {shown} |"
    yield ""


def _common_places() -> Iterator[str]:
    yield COMMON_PLACES
    yield "| sign | says more | says end | names |"
    yield "|---|---|---|---|"
    for (sign, more, end), names in SIGNS.items():
        yield f"| {sign} | {more} | {end} | {_listed(names)} |"
    yield ""
    yield SURROUNDINGS
    yield "| sign | further names |"
    yield "|---|---|"
    for sign, names in places.ONLY_MORE.items():
        yield f"| {FURTHER[sign]} | {_listed(names)} |"
    yield ""
    yield "| objects in which signs are read |"
    yield "|---|"
    yield f"| {_listed('.'.join(one) for one in places.PREFIXES if one)} |\n"
    yield NOT_FIRST
    yield "| it is not the first page where | names |"
    yield "|---|---|"
    yield f"| it is false | {_listed(places.FIRST_FLAGS)} |"
    yield f"| it is true | {_listed(places.PREVIOUS_FLAGS)} |"
    yield f"| it has a value | {_listed(places.PREVIOUS)} |\n"


def _listed(names: Iterable[str]) -> str:
    shown = names if isinstance(names, tuple) else sorted(names)
    return ", ".join(f"`{name}`" for name in shown)


def _of_ocean() -> Iterator[str]:
    yield "## Ocean's own settings\n"
    yield "Those that matter most here; [Ocean's documentation](https://ocean.port.io) has all.\n"
    yield "| environment variable | default | meaning |"
    yield "|---|---|---|"
    for name, (default, meaning) in OF_OCEAN.items():
        yield f"| `{name}` | {default} | {meaning} |"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    print(f"{PAGE} is written")
