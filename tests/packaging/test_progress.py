"""What a person sees while the first command prepares its environment."""

import io

import progress
import pytest


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("Collecting PySide6-Essentials<7,>=6.9 (from stet-workbench==0.1)\n", "looking for PySide6-Essentials"),
        (
            "  Downloading pyside6_essentials-6.9.1-cp39-abi3-manylinux_2_28_x86_64.whl (96.5 MB)\n",
            "downloading pyside6_essentials, 96.5 MB",
        ),
        ("Downloading https://host/x/numpy-2.3.1-cp311.whl (16 kB)\n", "downloading numpy, 16 kB"),
        ("Installing collected packages: a, b, c\n", "installing 3 packages"),
        ("Installing collected packages: a\n", "installing 1 package"),
        ("ERROR: No matching distribution found\n", None),
        ("Successfully installed a-1\n", None),
        ("\n", None),
    ],
)
def test_lines_of_pip_become_steps(line, step):
    assert progress.step_of(line) == step


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_has_one_line_that_is_gone_at_the_end():
    stream, now = Terminal(), iter([0.0, 3.0, 12.0])
    with progress.Progress(stream, clock=lambda: next(now)) as shown:
        shown.show("downloading numpy, 16.2 MB")
        shown.show("installing 3 packages")
    steps = stream.getvalue().split("\r")
    assert [step.rstrip() for step in steps] == [
        "",
        "stet: downloading numpy, 16.2 MB (3 s)",
        "stet: installing 3 packages (12 s)",
        "",
        "",
    ]
    assert len(steps[2]) == len(steps[1]), "nothing of the longer line stays"


def test_a_log_has_a_line_now_and_then():
    stream, now = io.StringIO(), iter([0.0, 3.0, 12.0, 13.0, 23.0])
    with progress.Progress(stream, clock=lambda: next(now)) as shown:
        for step in ("one", "two", "three", "four"):
            shown.show(step)
    assert stream.getvalue() == "stet: two (12 s)\nstet: four (23 s)\n"
