"""Results as a chart in SVG: how much of each bar is used."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from benchmarks.result import Result

WIDTH, ROW, LEFT, TOP = 1200, 26, 620, 54
FULL = 360
"""Pixels of a bar that is wholly used."""

LONGEST = 1.35
"""A bar that is passed by more is drawn up to here."""

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2933; }
  .small { font-size: 12px; fill: #52606d; }
  .good { fill: #2f855a; } .bad { fill: #c53030; } .limit { stroke: #1f2933; stroke-dasharray: 4; }
  rect.back { fill: #fff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e4e7eb; } .small { fill: #9aa5b1; } rect.back { fill: #14181d; }
    .limit { stroke: #e4e7eb; } .good { fill: #48bb78; } .bad { fill: #fc8181; }
  }
"""


def chart(results: Sequence[Result]) -> str:
    """The SVG text."""
    height = TOP + ROW * len(results) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Benchmarks against their bars">',
        f"<style>{STYLE}</style>",
        f'<rect class="back" width="{WIDTH}" height="{height}"/>',
        '<text x="16" y="24" font-weight="600">How much of each bar is used</text>',
        f'<text class="small" x="{LEFT + FULL}" y="40" text-anchor="middle">the bar</text>',
    ]
    for number, result in enumerate(results):
        y = TOP + ROW * number
        width = max(2.0, FULL * min(result.of_bar, LONGEST))
        beside = LEFT + max(width, FULL) + 8
        kind = "good" if result.passed else "bad"
        sign = "≥" if result.at_least else "≤"
        label = f"{result.name}: {result.measure}"
        figure = f"{result.value:.2f} ({sign} {result.bar:g})"
        parts += [
            f'<text x="{LEFT - 10}" y="{y + 14}" text-anchor="end">{escape(label)}</text>',
            f'<rect class="{kind}" x="{LEFT}" y="{y + 2}" width="{width:.0f}" height="16" rx="2"/>',
            f'<text class="small" x="{beside:.0f}" y="{y + 14}">{escape(figure)}</text>',
        ]
    x = LEFT + FULL
    parts.append(f'<line class="limit" x1="{x}" y1="{TOP - 8}" x2="{x}" y2="{height - 12}"/>')
    return "\n".join([*parts, "</svg>", ""])
