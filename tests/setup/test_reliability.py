"""Each promise of ``docs/reliability.md`` stands beside a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

ROW = re.compile(r"^\| (?P<promise>.+) \| `(?P<file>tests/[\w/]+\.py)::(?P<test>test_\w+)` \|$")


def test_every_promise_is_held_by_a_test() -> None:
    lines = Path("docs/reliability.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and "| held by |" not in line]
    assert len(rows) > 15
    for row in rows:
        found = ROW.match(row)
        assert found, row
        text = Path(found["file"]).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {found['test']}\(", text, re.MULTILINE), row
