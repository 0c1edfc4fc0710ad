"""What people read, and what scripts read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.detect import conclusions
from cli.detect.files import kind_of
from cli.detect.findings import Confidence, Finding, unsure
from cli.detect.modelling import Model
from cli.detect.texts import counted, listed, shown
from client import Redactor

WIDTH = 120
"""Columns, where the output is no terminal."""

STYLES = {Confidence.SURE: "green", Confidence.LIKELY: "yellow", Confidence.UNSURE: "bold red"}


def findings_of(model: Model) -> list[Finding]:
    """All findings of an endpoint, the properties in one."""
    properties = model.fields.properties
    types = [one.schema.get("format", one.schema["type"]) for one in properties]
    told = ", ".join(f"{one.key} ({kind})" for one, kind in zip(properties, types, strict=True))
    whole = Finding("properties", str(len(properties)), told or "none", Confidence.LIKELY)
    return [*model.detection.findings, *model.findings, whole]


class Report:
    """Prints for people. All that came from elsewhere is masked and made printable."""

    def __init__(self, redactor: Redactor, console: Console | None = None) -> None:
        self._redactor = redactor
        self._console = console or console_for_people()

    def endpoint(self, model: Model) -> None:
        """One endpoint: its findings, what is not sure and what was tried."""
        detection = model.detection
        whole = "the whole listing" if detection.complete else "not the whole listing"
        self._say("")
        self._say(f"GET {self._redactor.url(detection.endpoint.url)}", "bold")
        self._say(
            f"{counted(detection.requests, 'request')}, {counted(len(detection.items), 'item')} "
            f"read ({whole}); blueprint {model.blueprint}",
            "dim",
        )
        self._table(findings_of(model))
        for note in detection.notes:
            self._say(f"Note: {note}")
        if model.fields.left_out:
            names = [f"{name} ({why})" for name, why in model.fields.left_out]
            self._say(f"Left out: {listed(names, most=12)}")
        open_ = unsure(findings_of(model))
        if open_:
            self._say("Not sure: " + ", ".join(one.setting for one in open_), "bold red")
            if any(one.setting == "paginationType" for one in open_):
                self._say(f"Tried: {conclusions.tried(detection)}")

    def notes(self, notes: Sequence[str]) -> None:
        """Remarks on the command line."""
        for note in notes:
            self._say(f"Note: {note}")

    def files(self, paths: Sequence[Path], open_: int, shared: Sequence[str]) -> None:
        """The files that were written, and what to do with them; ``shared`` are blueprints whose
        names may be those of others."""
        self._say("")
        self._say("Written: " + ", ".join(map(str, paths)), "bold")
        folder = paths[0].parent
        if open_:
            self._say(f"Next: look at what is not sure ({open_}), then at the files.")
        if shared:
            self._say(
                f"If Port has a blueprint {' or '.join(shared)} already, entities of the same "
                "identifier overwrite each other, and go together: choose a --prefix then."
            )
        self._say(
            f"Try it: copy {paths[0]} to .env, fill in what is empty there, and run "
            f"OCEAN__RESOURCES_PATH={folder} ocean sail -O"
        )

    def _table(self, findings: Sequence[Finding]) -> None:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column("setting", no_wrap=True)
        table.add_column("value", overflow="fold", max_width=40)
        table.add_column("", no_wrap=True)
        table.add_column("evidence", overflow="fold")
        for one in findings:
            table.add_row(
                Text(one.setting),
                Text(self._fit(one.value), style="bold"),
                Text(one.confidence, style=STYLES[one.confidence]),
                Text(self._fit(one.evidence)),
            )
        self._console.print(table)

    def _say(self, text: str, style: str = "") -> None:
        # Left to the terminal to wrap, so that a command can be copied.
        self._console.print(Text(self._fit(text, 2_000), style=style), soft_wrap=True)

    def _fit(self, text: str, longest: int = 1_000) -> str:
        return shown(self._redactor.values(text), longest)


def as_json(
    base_url: str, models: Sequence[Model], paths: Sequence[Path], redactor: Redactor
) -> str:
    """All of it for scripts: ASCII, secrets masked."""
    endpoints = [_endpoint(model, redactor) for model in models]
    written = [str(path) for path in paths]
    whole = {"baseUrl": base_url, "endpoints": endpoints, "files": written}
    return redactor.values(json.dumps(whole, indent=2))


def console_for_people(*, stderr: bool = False) -> Console:
    """A console without markup; no colours where the output is no terminal, or by NO_COLOR."""
    console = Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=False)
    if not console.is_terminal:
        console = Console(stderr=stderr, markup=False, highlight=False, emoji=False, width=WIDTH)
    return console


def _endpoint(model: Model, redactor: Redactor) -> dict[str, Any]:
    detection = model.detection
    return {
        "url": redactor.url(detection.endpoint.url),
        "kind": redactor.text(kind_of(detection)),
        "blueprint": model.blueprint,
        "requests": detection.requests,
        "items": len(detection.items),
        "complete": detection.complete,
        "dataPath": detection.data_path,
        "pagination": {
            name: value if isinstance(value, list) else str(value)
            for name, value in detection.pagination.items()
        },
        "findings": [
            {
                "setting": one.setting,
                "value": one.value,
                "confidence": one.confidence,
                "evidence": one.evidence,
            }
            for one in findings_of(model)
        ],
        "notes": detection.notes,
        "tried": [{"what": one.what, "outcome": one.outcome} for one in detection.attempts],
        "leftOut": [{"field": name, "why": why} for name, why in model.fields.left_out],
    }
