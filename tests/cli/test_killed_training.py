"""A training that is killed in its midst, by real processes: nothing half made, and it goes on; its wheel installs."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from app import paths
from tests.cli.conftest import Stet
from tests.cli.test_train import project

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")]

WAIT_S = 300.0
OPTIONS = ("--base", "none", "--no-refit", "--patience", "1000", "--seed", "3")


def until(happened: Callable[[], bool]) -> None:
    ends = time.monotonic() + WAIT_S
    while not happened():
        assert time.monotonic() < ends
        time.sleep(0.05)


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started, where Linux lists them."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in found.read_text().split()] if found.is_file() else []


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.is_file() and "\nState:\tZ" not in status.read_text()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "Ctrl+C"])
def test_a_training_ends_in_its_midst_and_goes_on(
    stet: Stet, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    home, out = stet.folder / "home", stet.folder / "m"
    monkeypatch.setenv("STET_HOME", str(home))
    path, states = project(stet), home / "state" / "training"
    command = [sys.executable, "-m", "app", "train", str(path), str(out), "--max-steps", "1000000", *OPTIONS]
    environment = {**os.environ, "PYTHONPATH": str(paths.resources().parent)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as running:
        until(lambda: bool(list(states.glob("*.msgpack"))) or running.poll() is not None)
        assert running.poll() is None, "it was at work"
        trainers = children_of(running.pid)
        running.send_signal(how)
        _, said = running.communicate(timeout=WAIT_S)
    assert running.returncode != 0
    until(lambda: not any(is_alive(pid) for pid in trainers))
    assert not out.exists(), "no half-written package"
    assert (how is signal.SIGKILL) or "to go on from there, add --resume" in said
    (state,) = states.glob("*.msgpack")

    again = stet("train", path, "m", "--max-steps", "1000000", *OPTIONS, "--dry-run")
    assert again.code == 0
    # The state belongs to these options. What a killed process left is removed by the next training, whatever it is.
    done = stet("train", path, "m2", "--max-steps", "10", "--base", "none", "--no-refit", "--json")
    assert done.code == 0, done.err
    assert [found.name for found in states.iterdir()] == [state.name]
    assert not list(stet.folder.glob(".*.part"))
    resumed = subprocess.Popen([*command, "--resume", "--keep-best", "--json"], env=environment, stdout=subprocess.PIPE)
    began = state.stat().st_mtime_ns
    until(lambda: (state.is_file() and state.stat().st_mtime_ns > began) or resumed.poll() is not None)
    resumed.send_signal(signal.SIGINT)
    said_of_it, _ = resumed.communicate(timeout=WAIT_S)
    assert resumed.returncode == 0
    row = json.loads(said_of_it)
    steps = [each["step"] for each in row["history"]]
    assert steps == sorted(set(steps)), "one history, from before and after"
    assert (out / "en_p_entity" / "meta.json").is_file()
    assert list(states.iterdir()) == []


def test_the_wheel_installs_without_a_network_and_loads(stet: Stet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STET_HOME", str(stet.folder / "home"))
    path = project(stet)
    assert stet("train", path, "m", "--max-steps", "30", "--base", "none", "--no-refit").code == 0
    (wheel,) = (stet.folder / "m" / "dist").iterdir()
    fresh = stet.folder / "fresh"
    venv.create(fresh, with_pip=False, symlinks=True)
    python = fresh / "bin" / "python"
    site = subprocess.check_output([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True)
    Path(site.strip(), "spacy-of-the-tests.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    code = (
        "import spacy; nlp = spacy.load('en_p_entity'); import en_p_entity; assert nlp.meta == en_p_entity.load().meta;"
        "print([(e.text, e.label_) for e in nlp('Anna lives in Rome with friends now.').ents], en_p_entity.__file__)"
    )
    said = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True, cwd=fresh).stdout
    assert "[('Anna', 'PERSON'), ('Rome', 'GPE')]" in said
    assert str(fresh) in said
