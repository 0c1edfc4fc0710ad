"""Links in the documentation lead somewhere, and commands that it names exist."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml

from tests.docs.pages import PAGES, blocks, read, sections, without_blocks

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)(?![\w./-])")
CODE = re.compile(r"`([^`\n]+)`")


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: set[str] = set()
    for section in sections(read(page)):
        text = re.sub(r"[^\w\- ]", "", section.title.lower().replace("`", ""))
        anchor = text.replace(" ", "-")
        number = 0
        while (name := f"{anchor}-{number}" if number else anchor) in found:
            number += 1
        found.add(name)
    return found


def targets() -> set[str]:
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z][a-z-]*):", read(Path("Makefile")), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_resolves(page: Path) -> None:
    broken: list[str] = []
    for link in LINK.findall(without_blocks(read(page))):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name) if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_make_target_exists(page: Path) -> None:
    text = read(page)
    code = [block.text for block in blocks(text)] + CODE.findall(without_blocks(text))
    named = [name for one in code for name in MAKE.findall(one)]
    assert [name for name in named if name not in targets()] == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [Path("README.md")]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        for link in LINK.findall(without_blocks(read(page))):
            target = Path((page.parent / link.partition("#")[0]).resolve())
            if not target.exists():
                continue
            inside = target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else None
            if inside and inside.suffix == ".md" and inside not in reached:
                waiting.append(inside)
    assert {page for page in PAGES if page.parts[0] == "docs"} <= reached


def test_the_readme_has_the_two_commands_as_they_are() -> None:
    shown = [block.text for block in blocks(read(Path("README.md")))]
    assert "make demo\nmake test\n" in shown


@pytest.mark.parametrize("picture", sorted(Path("docs").glob("*.svg")), ids=str)
def test_a_picture_needs_nothing_from_elsewhere(picture: Path) -> None:
    text = read(picture)
    root = ElementTree.fromstring(text)  # noqa: S314 - a file of this project
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    elsewhere = re.findall(r"https?://[^\s\"']+", text)
    assert set(elsewhere) == {"http://www.w3.org/2000/svg"}
    assert "prefers-color-scheme: dark" in text


def test_the_issue_templates_are_forms() -> None:
    folder = Path(".github/ISSUE_TEMPLATE")
    forms = [folder / "bug.yml", folder / "feature.yml"]
    for form in forms:
        content = yaml.safe_load(read(form))
        assert {"name", "description", "body"} <= content.keys()
        ids = [field["id"] for field in content["body"] if field["type"] != "markdown"]
        assert len(ids) == len(set(ids))
        for field in content["body"]:
            wanted = "value" if field["type"] == "markdown" else "label"
            assert field["attributes"][wanted]
    assert "blank_issues_enabled" in yaml.safe_load(read(folder / "config.yml"))
