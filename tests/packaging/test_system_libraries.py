"""Qt's system libraries: which one is missing, and how it comes in."""

from types import SimpleNamespace

import environment
import pytest
import system_libraries


@pytest.mark.parametrize(
    ("text", "library"),
    [
        ("ImportError: libGL.so.1: cannot open shared object file: No such file or directory", "libGL.so.1"),
        ("OSError: libxcb-cursor.so.0: cannot open shared object file: No such file", "libxcb-cursor.so.0"),
        ("ImportError: libglib-2.0.so.0: cannot open shared object file", "libglib-2.0.so.0"),
        ("ModuleNotFoundError: No module named 'PySide6'", None),
        ("", None),
    ],
)
def test_the_missing_library_is_found_in_the_loaders_words(text, library):
    assert system_libraries.missing_library(text) == library


@pytest.mark.parametrize(
    ("variables", "platform"),
    [
        ({}, None),
        ({"DISPLAY": ":0"}, "xcb"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "offscreen"),
        ({"QT_QPA_PLATFORM": "offscreen:size=800x600"}, "offscreen"),
        ({"QT_QPA_PLATFORM": "xcb;wayland"}, "xcb"),
    ],
)
def test_the_platform_follows_the_display(variables, platform):
    assert system_libraries.platform_for(variables) == platform


def test_x11_needs_more_packages_than_no_display():
    assert set(system_libraries.packages_for("offscreen")) < set(system_libraries.packages_for("xcb"))
    assert "libxcb-cursor0" in system_libraries.packages_for("xcb")


def _stand_in_for_apt(monkeypatch, *, known, user, code=0):
    ran = []

    def apt(line):
        ran.append(line)
        if line.startswith("apt-cache show"):
            return SimpleNamespace(returncode=0 if line.split()[-1] in known else 100)
        return SimpleNamespace(returncode=code, stdout="", stderr="E: no\nE: Unable to fetch some archives\n")

    monkeypatch.setattr(system_libraries, "_apt", apt)
    monkeypatch.setattr(system_libraries.shutil, "which", lambda _name: "/usr/bin/apt-get")
    monkeypatch.setattr(system_libraries.os, "geteuid", lambda: user, raising=False)
    return ran


@pytest.mark.parametrize(("known", "name"), [((), "libglib2.0-0"), (("libglib2.0-0t64",), "libglib2.0-0t64")])
def test_the_shown_command_uses_this_releases_package_names(monkeypatch, known, name):
    _stand_in_for_apt(monkeypatch, known=known, user=1000)
    with pytest.raises(environment.Problem) as told:
        system_libraries.install_packages(["libgl1", "libglib2.0-0"], why="Qt needs libGL.so.1")
    line = f"sudo apt-get install -y --no-install-recommends libgl1 {name}"
    assert str(told.value) == f"Qt needs libGL.so.1; run: {line}"


def test_root_gets_the_packages_installed(monkeypatch):
    ran = _stand_in_for_apt(monkeypatch, known=("libglib2.0-0t64",), user=0)
    system_libraries.install_packages(["libgl1", "libglib2.0-0"], why="Qt needs libGL.so.1")
    assert ran[0] == "apt-get update"
    assert ran[-1] == "apt-get install -y --no-install-recommends libgl1 libglib2.0-0t64"


def test_a_failing_apt_is_reported_with_its_output_and_command(monkeypatch):
    _stand_in_for_apt(monkeypatch, known=(), user=0, code=100)
    with pytest.raises(environment.Problem, match="Unable to fetch some archives; .*apt-get install -y .*libgl1"):
        system_libraries.install_packages(["libgl1"], why="Qt needs libGL.so.1")


def test_without_apt_the_packages_are_named(monkeypatch):
    monkeypatch.setattr(system_libraries.shutil, "which", lambda _name: None)
    with pytest.raises(environment.Problem, match=r"package manager \(Debian's names: libgl1\)"):
        system_libraries.install_packages(["libgl1"], why="Qt needs libGL.so.1")


def test_a_server_is_installed_for_the_tests_or_asked_for(monkeypatch, capsys):
    monkeypatch.setattr(system_libraries, "has_postgresql", lambda: False)
    ran = _stand_in_for_apt(monkeypatch, known=(), user=0)
    system_libraries.offer_postgresql()
    assert ran[-1].endswith(" postgresql")
    _stand_in_for_apt(monkeypatch, known=(), user=1000)
    system_libraries.offer_postgresql()
    said = capsys.readouterr()
    assert "sudo apt-get install" in said.out + said.err
    assert "are skipped" in said.out + said.err
