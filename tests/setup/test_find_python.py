"""Set-up finds a Python that fits, or says in one line what to install."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TOOLS = ("sh", "find", "sort", "head", "cut")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder to be the only one on PATH, with the tools that the script uses."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (folder / tool).symlink_to(found)
    return folder


def find(path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(path / "sh"), str(ROOT / "scripts" / "find-python.sh")],
        env={"PATH": str(path), "HOME": str(path.parent), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def script(file: Path, body: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!{shutil.which('sh')}\n{body}\n", encoding="ascii")
    file.chmod(0o755)


def test_the_one_on_the_path(path: Path) -> None:
    (path / "python3.12").symlink_to(sys.executable)
    assert find(path).stdout.strip() == str(path / "python3.12")


def test_a_shim_that_fails_and_an_old_python_are_passed_over(path: Path) -> None:
    script(path / "python3.12", "echo 'pyenv: python3.12: command not found' >&2; exit 127")
    script(path / "python3", "exit 1")
    versions = path.parent / ".pyenv" / "versions"
    script(versions / "3.11.7" / "bin" / "python3", "exit 1")
    for version in ("3.13.0", "3.12.1", "3.9.18"):
        works = version != "3.9.18"
        body = f'exec {sys.executable} "$@"' if works else "exit 1"
        script(versions / version / "bin" / "python3", body)
    found = find(path)
    assert found.stdout.strip() == str(versions / "3.12.1" / "bin" / "python3")
    assert found.stderr == ""


def test_uv_is_asked_last(path: Path) -> None:
    script(path / "uv", f'[ "$2" = find ] && echo {sys.executable}')
    assert find(path).stdout.strip() == sys.executable


def test_where_there_is_none_one_line_says_what_to_install(path: Path) -> None:
    script(path / "python3", "exit 1")
    found = find(path)
    assert found.returncode == 1
    assert found.stdout == ""
    assert len(found.stderr.splitlines()) == 1
    assert "Python 3.12 or newer" in found.stderr
