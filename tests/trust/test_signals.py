"""A termination signal or Ctrl+C at any moment ends any command, in order, in time, with nothing half-written."""

import json
import shutil
import signal
from pathlib import Path

import pytest

from app.storage.soundness import faults_of
from tests.trust.command_server import CommandServer
from tests.trust.figures import record
from tests.trust.project_rows import digest_of, left_beside
from tests.trust.test_hostile import READING, WRITING, make_good

_CODES = {signal.SIGTERM: 143, signal.SIGINT: 1}
_IN_TIME_S = 3.0  # of computing
_AFTER_S = 0.01  # until a process has got to its command
_ENDLESS = r"concordance p.stet (a|aa)+$ --regex"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two projects, one of which has a text on which some expressions never end."""
    folder = tmp_path_factory.mktemp("signals")
    with CommandServer(folder, 20, loads_all=False) as run:
        make_good(folder, run, ())
        for name, text in (("more.txt", "More words."), ("trap.txt", "a" * 4_000 + "b")):
            (folder / name).write_text(text + "\n", encoding="utf-8")
        (folder / "many.jsonl").write_text("".join(_record(number) for number in range(3_000)), encoding="utf-8")
        assert run("import", "good.stet", "trap.txt").code == 0
        assert run("patterns", "good.stet", "add", "Moscow", "--label", "entity.GPE", "--as", "ana").code == 0
    return folder


def _record(number: int) -> str:
    mark = {"id": f"m{number}", "layer": "entity", "label": "GPE", "start": 0, "end": 4, "quote": "Kyiv"}
    made = {"stet": 1, "id": f"d{number}", "name": f"Text {number}", "text": "Kyiv said so. " * 20}
    return json.dumps(made | {"sets": [{"annotator": "ana", "status": "open", "annotations": [mark]}]}) + "\n"


def wrong_after(folder: Path, run: CommandServer, line: str, stop: signal.Signals, after: float) -> str:
    """Stop a command, and return what is wrong with how it ended or what it left, "" if nothing is."""
    for left in (*folder.glob("*.backups"), *folder.glob("p.stet*"), *folder.glob(".p.stet*")):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    shutil.copy(folder / "good.stet", folder / "p.stet")
    before = digest_of(folder / "p.stet")
    ended = run(*line.split(), stop=(stop, after))
    place = f"{line}: {stop.name} after {after:.2f} s: "
    # A process that wasn't ready yet ends by the signal itself, which a shell calls by the same code.
    if "Traceback" in ended.err or ended.code not in (0, 1, _CODES[stop], -stop) or ended.was_killed:
        return f"{place}{ended}"
    if ended.seconds > after + _IN_TIME_S and "stopped" in ended.err:
        return f"{place}ended only after {ended.seconds} s"
    if line in READING and digest_of(folder / "p.stet") != before:
        return f"{place}a reading command has written"
    found = [*left_beside(folder / "p.stet"), *faults_of(folder / "p.stet")]
    return f"{place}{found}" if found else ""


def test_some_signals_end_some_commands(folder: Path) -> None:
    with CommandServer(folder, 20, loads_all=False) as run:
        wrong = [
            wrong_after(folder, run, line, stop, after)
            for line, after in ((_ENDLESS, 0.3), ("import p.stet many.jsonl", 0.15), ("backup p.stet", 0.05))
            for stop in _CODES
        ]
    assert [said for said in wrong if said] == []


@pytest.mark.slow
def test_signals_at_any_moment_end_any_command(folder: Path) -> None:
    wrong: list[str] = []
    lines = [*READING, *WRITING, _ENDLESS, "import p.stet many.jsonl"]
    moments = [_AFTER_S * 1.9**step for step in range(8)]  # up to 0.9 s
    with CommandServer(folder, 20) as run:
        for line in lines:
            for stop in _CODES:
                wrong += [wrong_after(folder, run, line, stop, after) for after in moments]
    wrong = [said for said in wrong if said]
    record("signals", commands=len(lines), signals=len(lines) * len(_CODES) * len(moments), wrong=len(wrong))
    assert wrong == []
