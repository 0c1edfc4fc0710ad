"""What a process holds open."""

from __future__ import annotations

import contextlib
from collections import Counter
from pathlib import Path


def opened(api_url: str) -> Counter[str]:
    """The files that this process holds open, and its connections to the API.

    Not its connections to Port: those are Ocean's, which opens and closes them as it sees fit.
    """
    found: Counter[str] = Counter()
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            kind, _, inode = str(entry.readlink()).partition(":")
            found[kind if kind != "socket" else inode.strip("[]")] += 1
    port = f":{int(api_url.rpartition(':')[2]):04X}"
    connections = 0
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        _, local, remote, *_, inode = line.split()[:10]
        connections += bool(found.pop(inode, 0)) and (local + remote).count(port)
    files = Counter({name: count for name, count in found.items() if not name.isdigit()})
    return files + Counter(connections=connections)
