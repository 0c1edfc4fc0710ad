"""Each promise of ``docs/reliability.md`` stands beside a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

ROW = re.compile(r"^\| (?P<promise>.+) \| `(?P<file>tests/[\w/]+\.py)::(?P<test>test_\w+)` \|$")


def promises() -> list[str]:
    """The rows of the tables of promises; other tables of the page say how something works."""
    found: list[str] = []
    promised = False
    for line in Path("docs/reliability.md").read_text(encoding="utf-8").splitlines():
        if line == "| promise | held by |":
            promised = True
        elif not line.startswith("|"):
            promised = False
        elif promised and line.startswith("| "):
            found.append(line)
    return found


def test_every_promise_is_held_by_a_test() -> None:
    rows = promises()
    assert len(rows) > 30
    for row in rows:
        found = ROW.match(row)
        assert found, row
        text = Path(found["file"]).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {found['test']}\(", text, re.MULTILINE), row


def test_every_test_that_the_page_names_is_in_a_table_of_promises() -> None:
    named = re.findall(r"`tests/[^`]+`", Path("docs/reliability.md").read_text(encoding="utf-8"))
    assert len(named) == len(promises())
