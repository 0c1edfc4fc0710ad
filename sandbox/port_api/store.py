"""The catalog's state in SQLite: documents by key, and entities by blueprint and identifier."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

Document = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key)
);
CREATE TABLE IF NOT EXISTS entities (
    blueprint TEXT, identifier TEXT, datasource TEXT, updated_at TEXT, body TEXT,
    PRIMARY KEY (blueprint, identifier)
);
CREATE INDEX IF NOT EXISTS by_datasource ON entities (datasource, updated_at);
CREATE TABLE IF NOT EXISTS history (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, at TEXT, body TEXT
);
CREATE INDEX IF NOT EXISTS by_history_kind ON history (kind, id);
"""


def now() -> str:
    """The present moment, UTC, ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Store:
    """One SQLite database, shared by threads through a lock."""

    def __init__(self, database: str) -> None:
        self._connection = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
        self._lock = threading.RLock()
        with self._lock:
            self._connection.executescript(_SCHEMA)
            self._connection.execute("PRAGMA synchronous=OFF")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is written together or not at all."""
        with self._lock:
            self._connection.execute("BEGIN")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def get(self, kind: str, key: str) -> Document | None:
        """The document of that kind and key, or None."""
        rows = self._rows("SELECT body FROM documents WHERE kind = ? AND key = ?", kind, key)
        return json.loads(rows[0][0]) if rows else None

    def put(self, kind: str, key: str, body: Document) -> None:
        self._run("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", kind, key, json.dumps(body))

    def drop(self, kind: str, key: str) -> bool:
        """Removes a document; returns whether it was there."""
        return self._run("DELETE FROM documents WHERE kind = ? AND key = ?", kind, key) > 0

    def all(self, kind: str) -> list[Document]:
        rows = self._rows("SELECT body FROM documents WHERE kind = ? ORDER BY rowid", kind)
        return [json.loads(row[0]) for row in rows]

    def note(self, kind: str, bodies: Iterable[Any]) -> None:
        """Adds to a history, such as the logs or the deletions."""
        at = now()
        with self._lock:
            self._connection.executemany(
                "INSERT INTO history (kind, at, body) VALUES (?, ?, ?)",
                [(kind, at, json.dumps(body)) for body in bodies],
            )

    def history(self, kind: str) -> list[Any]:
        rows = self._rows("SELECT body FROM history WHERE kind = ? ORDER BY id", kind)
        return [json.loads(row[0]) for row in rows]

    def latest(self, kind: str, limit: int) -> list[tuple[str, Any]]:
        """The last ``limit`` notes of a history, oldest first, each with its moment."""
        rows = self._rows(
            "SELECT at, body FROM history WHERE kind = ? ORDER BY id DESC LIMIT ?", kind, limit
        )
        return [(at, json.loads(body)) for at, body in reversed(rows)]

    def revision(self) -> int:
        """A number that grows with everything that is written."""
        with self._lock:
            return self._connection.total_changes

    def entity(self, blueprint: str, identifier: str) -> Document | None:
        rows = self._rows(
            "SELECT body FROM entities WHERE blueprint = ? AND identifier = ?",
            blueprint,
            identifier,
        )
        return json.loads(rows[0][0]) if rows else None

    def put_entity(self, entity: Document, datasource: str) -> None:
        self._run(
            "INSERT OR REPLACE INTO entities VALUES (?, ?, ?, ?, ?)",
            entity["blueprint"],
            entity["identifier"],
            datasource,
            entity["updatedAt"],
            json.dumps(entity),
        )

    def drop_entity(self, blueprint: str, identifier: str) -> bool:
        return (
            self._run(
                "DELETE FROM entities WHERE blueprint = ? AND identifier = ?",
                blueprint,
                identifier,
            )
            > 0
        )

    def entities(self, blueprint: str | None = None) -> list[Document]:
        """The entities of one blueprint, or of all, by identifier."""
        where, values = ("WHERE blueprint = ?", [blueprint]) if blueprint else ("", [])
        rows = self._rows(
            f"SELECT body FROM entities {where} ORDER BY blueprint, identifier",  # noqa: S608
            *values,
        )
        return [json.loads(row[0]) for row in rows]

    def page_of_entities(self, blueprint: str | None, limit: int, skip: int) -> list[Document]:
        """Up to ``limit`` entities of one blueprint, or of all, by identifier, after ``skip``."""
        where, values = ("WHERE blueprint = ?", [blueprint]) if blueprint else ("", [])
        rows = self._rows(
            f"SELECT body FROM entities {where} ORDER BY blueprint, identifier LIMIT ? OFFSET ?",  # noqa: S608
            *values,
            limit,
            skip,
        )
        return [json.loads(row[0]) for row in rows]

    def some_entities(self, blueprint: str, identifiers: list[str]) -> list[Document]:
        """Those of the entities named ``identifiers`` that exist."""
        marks = ",".join("?" * len(identifiers))
        rows = self._rows(
            f"SELECT body FROM entities WHERE blueprint = ? AND identifier IN ({marks})",  # noqa: S608
            blueprint,
            *identifiers,
        )
        return [json.loads(row[0]) for row in rows]

    def identifiers(self, blueprint: str) -> list[str]:
        rows = self._rows(
            "SELECT identifier FROM entities WHERE blueprint = ? ORDER BY identifier", blueprint
        )
        return [row[0] for row in rows]

    def counts(self) -> dict[str, int]:
        """How many entities each blueprint has."""
        return dict(self._rows("SELECT blueprint, COUNT(*) FROM entities GROUP BY blueprint"))

    def by_datasource(
        self, prefix: str, suffix: str, before: str | None, limit: int, skip: int
    ) -> list[Document]:
        """A page of the entities of one datasource that were last updated before a moment."""
        rows = self._rows(
            "SELECT body FROM entities WHERE substr(datasource, 1, ?) = ? "
            "AND substr(datasource, ?) = ? AND (? IS NULL OR updated_at < ?) "
            "ORDER BY blueprint, identifier LIMIT ? OFFSET ?",
            *(len(prefix), prefix, -len(suffix), suffix, before, before, limit, skip),
        )
        return [json.loads(row[0]) for row in rows]

    def _rows(self, sql: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def _run(self, sql: str, *values: Any) -> int:
        with self._lock:
            return self._connection.execute(sql, values).rowcount
