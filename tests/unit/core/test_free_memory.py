"""What needs more memory than there is, is refused before it is begun."""

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import FormatError, StetError
from app.core.free_memory import free_memory, require_memory, shortage
from app.exchange.format import ReadOptions
from app.exchange.formats.text import text_document
from app.exchange.json_lines import require_room

MB = 1024 * 1024

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it isn't known how much is free")


@pytest.fixture
def bounded() -> Iterator[None]:
    """Bound this process to 200 MB more than it has."""
    (used,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmSize"))
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (int(used.split()[1]) * 1024 + 200 * MB, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.usefixtures("bounded")
def test_a_limit_of_the_process_counts(tmp_path: Path) -> None:
    free = free_memory()
    assert free is not None
    assert free <= 200 * MB
    assert shortage(10 * MB) == ""
    assert shortage(300 * MB).startswith("it takes about 300 MB of memory, and ")
    with pytest.raises(StetError, match=r"too much: it takes about 300 MB .*; close other programs"):
        require_memory(300 * MB, "too much")
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(100 * MB)
    with pytest.raises(FormatError, match=r"large\.txt: the text of 100 MB can't be read: .*; .* split it into"):
        text_document(large, "large.txt", ReadOptions().encoding)
    require_room(MB, large, 1)
    with pytest.raises(FormatError, match=r"large\.txt:7: the record of 100 MB can't be read: .* split the document"):
        require_room(100 * MB, large, 7)


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({"memory.max": "max\n", "memory.current": "5\n"}, 2_048),
        ({"memory.max": "900\n", "memory.current": "700\n", "memory.stat": "anon 600\ninactive_file 50\n"}, 250),
        ({"memory/memory.limit_in_bytes": "90\n", "memory/memory.usage_in_bytes": "70\n"}, 20),
        ({}, 2_048),
    ],
)
def test_the_group_of_a_container_counts(tmp_path: Path, files: dict[str, str], free: int) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:   1 kB\nSwapFree: 1 kB\n")
    for name, content in files.items():
        path = tmp_path / "group" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    assert free_memory(tmp_path / "proc", tmp_path / "group") == free


def test_where_nothing_is_known_nothing_is_refused(tmp_path: Path) -> None:
    assert free_memory(tmp_path, tmp_path) is None
