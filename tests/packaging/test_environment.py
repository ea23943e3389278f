"""The project's environment: when it is made, mended or left alone, and what a person is told."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import environment
import lock
import pytest

posix_only = pytest.mark.skipif(os.name == "nt", reason="the stand-in interpreter is a symbolic link")


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    (root / "packaging").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[project]\n")
    (root / "packaging" / "constraints.txt").write_text("click==8.5.1\n")
    (root / "packaging" / "locks").mkdir()
    for name in ("run.txt", "test.txt", "build.txt"):
        (root / "packaging" / "locks" / name).write_text("")
    return root


@pytest.fixture
def tools(monkeypatch):
    """Stand in for venv and pip: note what was asked for, make an interpreter, fail when told to."""
    seen = SimpleNamespace(ran=[], pip_says=None, on_pip=lambda: None)

    def run(command, *, cwd, lock, progress=None):
        if command[1:3] == ["-m", "venv"]:
            seen.ran.append("venv")
            python = Path(command[3]) / "bin" / "python"
            python.parent.mkdir()
            python.symlink_to(sys.executable)
        else:
            lists = [Path(word).stem for word in command if word.startswith("packaging/locks/")]
            assert "--no-deps" in command
            assert ("--require-hashes" in command) is bool(lists)
            seen.ran += lists[1:] or ["."]
            seen.on_pip()
        failed = seen.pip_says is not None and seen.ran[-1] != "venv"
        return SimpleNamespace(returncode=int(failed), stdout=seen.pip_says or "")

    monkeypatch.setattr(environment, "_run", run)
    return seen


# The stamp


def test_the_stamp_changes_with_every_input_to_the_installation(project):
    def stamp(*, python="3.11", extras=("en",)):
        return environment.stamp_for(project, python=python, extras=extras)

    stamps = [stamp(), stamp(python="3.12"), stamp(extras=("en", "dev"))]
    (project / "pyproject.toml").write_text("[project]\nname='x'\n")
    stamps.append(stamp())
    (project / "packaging" / "constraints.txt").write_text("click==8.5.2\n")
    stamps.append(stamp())
    (project / "packaging" / "locks" / "run.txt").write_text("click==8.5.2 --hash=sha256:0\n")
    stamps.append(stamp())
    stamps.append(environment.stamp_for(project.rename(project.with_name("moved")), python="3.11", extras=("en",)))
    for number, one in enumerate(stamps):
        assert not any(one == other for other in stamps[:number])


def test_the_stamp_does_not_change_with_the_code(project):
    before = environment.stamp_for(project, python="3.11", extras=("en",))
    (project / "packaging" / "run.py").write_text("print()\n")
    assert environment.stamp_for(project, python="3.11", extras=("en",)) == before


def test_a_test_environment_covers_running_but_not_vice_versa(project):
    run = environment.stamp_for(project, python="3.11", extras=("en",))
    test = environment.stamp_for(project, python="3.11", extras=("dev", "en"))
    assert test.covers(run)
    assert not run.covers(test)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"unfinished": true}', '{"extras": null}', '{"extras": []}'])
def test_a_stamp_that_is_not_whole_counts_as_none(project, content):
    home = environment.Environment(project)
    home.folder.mkdir()
    (home.folder / "stet-environment.json").write_text(content)
    assert home.read_stamp() is None
    assert not home.is_ready(("en",))


# Making, mending, leaving alone


@posix_only
def test_a_fresh_checkout_is_installed_once_and_then_unchanged(project, tools, capsys):
    home = environment.Environment(project)
    home.prepare(("en",))
    assert tools.ran == ["venv", "run", "."]
    assert capsys.readouterr().err.count("\n") == 1

    home.prepare(("en",))
    assert tools.ran == ["venv", "run", "."]
    assert capsys.readouterr().err == ""


@posix_only
def test_changed_dependencies_are_reinstalled_with_all_extras(project, tools):
    home = environment.Environment(project)
    home.prepare(("en", "dev"))
    (project / "pyproject.toml").write_text("[project]\nname='x'\n")
    tools.ran.clear()
    home.prepare(("en",))
    assert tools.ran == ["test", "."]
    assert home.is_ready(("en", "dev"))


@posix_only
def test_a_foreign_environment_is_filled_and_kept(project, tools):
    home = environment.Environment(project)
    home.python.parent.mkdir(parents=True)
    home.python.symlink_to(sys.executable)
    (home.folder / "mine").touch()
    home.prepare(("en",))
    assert tools.ran == ["run", "."]
    assert (home.folder / "mine").exists()


def _interpreter_gone(home):
    home.python.unlink()
    home.python.symlink_to("/nowhere/python")


def _interpreter_broken(home):
    home.python.unlink()
    home.python.write_text("#!/bin/sh\nexit 1\n")
    home.python.chmod(0o755)


def _interpreter_too_old(home):
    home.python.unlink()
    home.python.write_text("#!/bin/sh\necho 3.10\n")
    home.python.chmod(0o755)


def _interpreter_of_another_version(home):
    home.python.unlink()
    home.python.write_text("#!/bin/sh\necho 3.99\n")
    home.python.chmod(0o755)


def _half_made(home):
    (home.folder / "stet-environment.json").write_text('{"unfinished": true}')


@posix_only
@pytest.mark.parametrize(
    "spoil",
    [_interpreter_gone, _interpreter_broken, _interpreter_too_old, _interpreter_of_another_version, _half_made],
)
def test_a_spoilt_environment_is_made_anew(project, tools, spoil):
    home = environment.Environment(project)
    home.prepare(("en",))
    (home.folder / "left over").mkdir()
    spoil(home)
    tools.ran.clear()
    home.prepare(("en",))
    assert tools.ran == ["venv", "run", "."]
    assert home.is_ready(("en",))
    assert not (home.folder / "left over").exists()


@posix_only
def test_a_moved_environment_is_rebuilt(project, tools):
    environment.Environment(project).prepare(("en",))
    tools.ran.clear()
    moved = environment.Environment(project.rename(project.with_name("moved")))
    moved.prepare(("en",))
    assert tools.ran == ["venv", "run", "."]


@posix_only
def test_while_pip_works_the_environment_does_not_count_as_ready(project, tools):
    home = environment.Environment(project)
    ready = []
    tools.on_pip = lambda: ready.append(home.is_ready(("en",)))
    home.prepare(("en",))
    (project / "pyproject.toml").write_text("[project]\nname='x'\n")
    home.prepare(("en",))
    assert ready == [False] * 4  # two steps of pip, twice


@posix_only
def test_a_failing_pip_is_reported_and_the_next_run_starts_over(project, tools):
    home = environment.Environment(project)
    tools.pip_says = "ERROR: No matching distribution found for hatchling"
    with pytest.raises(environment.Problem, match="No matching distribution found for hatchling; .*same command"):
        home.prepare(("en",))
    assert not home.is_ready(("en",))
    assert "No matching" in (home.folder / "stet-install.log").read_text()

    tools.pip_says = None
    tools.ran.clear()
    home.prepare(("en",))
    assert tools.ran == ["venv", "run", "."]


def test_a_file_in_the_place_of_the_environment_is_left_alone(project):
    (project / ".venv").write_text("mine")
    with pytest.raises(environment.Problem, match="is not a folder"):
        environment.Environment(project).prepare(("en",))
    assert (project / ".venv").read_text() == "mine"


@pytest.mark.parametrize(
    ("output", "what", "do"),
    [
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError()'\n"
            "  | ERROR: Could not find a version that satisfies the requirement hatchling\n"
            "error: subprocess-exited-with-error\nnote: This is likely not a problem with pip.",
            "Could not find a version that satisfies the requirement hatchling",
            "network",
        ),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "Errno 28", "disk space"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "isn't the file that was published",
            "where your packages come from",
        ),
        ("/x/python: No module named pip", "No module named pip", "delete the folder .venv"),
        ("ERROR: Cannot install x\nERROR: ResolutionImpossible", "Cannot install x", "same command"),
        ("", "it said nothing", "same command"),
    ],
)
def test_what_pip_says_becomes_one_cause_and_one_advice(output, what, do):
    said = environment.explain_pip(output)
    assert what in said[0]
    assert "\n" not in said[0]
    assert do in said[1]


def test_problems_and_interruptions_end_without_a_traceback(capsys):
    def problem(_arguments):
        raise environment.Problem("the cup is empty", do="fill it")

    def interrupted(_arguments):
        raise KeyboardInterrupt

    assert environment.guarded(problem) == 1
    assert capsys.readouterr().err == "stet: the cup is empty; fill it\n"
    assert environment.guarded(interrupted) == 130
    assert capsys.readouterr().err == ""


# Two runs at once


def test_a_second_run_says_that_it_waits_and_then_goes_on(tmp_path):
    path = tmp_path / "lock"
    waiting, through = threading.Event(), threading.Event()

    def second():
        with lock.held(path, on_wait=waiting.set):
            through.set()

    thread = threading.Thread(target=second)
    with lock.held(path, on_wait=pytest.fail):
        thread.start()
        assert waiting.wait(20)
        assert not through.is_set()
    thread.join(20)
    assert through.is_set()


@posix_only
def test_pip_keeps_the_lock_when_its_parent_script_is_killed(tmp_path):
    path = tmp_path / "lock"
    waited = []
    with lock.held(path, on_wait=pytest.fail) as file:
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(file.fileno(),),
        )

    def let_child_go():
        waited.append(True)
        child.communicate(b"\n", timeout=20)

    with lock.held(path, on_wait=let_child_go):
        assert waited == [True]
