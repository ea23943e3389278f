"""Whoever kills a merge half-way finds the project as it was, or as it should be."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from app.session.session import Session
from tests.unit.services.team.lead import bundled, content, finish, log_length, make, mark, merged, opened

ROOT = Path(__file__).resolve().parents[4]

WORKER = """
import sys
from pathlib import Path
from app.jobs.tasks.merge import merge_files
from app.session.session import Session

session = Session.open(Path(sys.argv[1]), annotator="lead")
def tell(done, total, what):
    print(done, flush=True)
merge_files(session, [Path(sys.argv[2])], progress=tell)
print("done", flush=True)
session.close()
"""


def test_a_killed_merge_is_whole_or_nothing(tmp_path: Path) -> None:
    project = make(tmp_path / "news.stet", more=150)
    bundle = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(bundle, "ana") as session:
        for number in range(150):
            mark(session, f"gen-{number:04}.txt", "Kyiv")
            finish(session, f"gen-{number:04}.txt")
    before, length = content(project), log_length(project)
    ends: set[str] = set()
    for ticks, pause in ((1, 0.0), (4, 0.01), (7, 0.0), (8, 0.002)):
        command = [sys.executable, "-c", WORKER, str(project), str(bundle)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            said = [process.stdout.readline() for _ in range(ticks)]
            time.sleep(pause)
            process.kill()
            said += process.stdout.read().splitlines()
        assert process.returncode in (-signal.SIGKILL, 0)
        opened_again = Session.open(project, annotator="lead")  # an unclean file is checked from end to end
        opened_again.close()
        if log_length(project) == length:
            assert content(project) == before
            assert "done" not in said
            ends.add("nothing")
        else:
            assert log_length(project) == length + 1
            assert content(project).count(b'"Kyiv"') == 150
            ends.add("whole")
            break
    assert "nothing" in ends
    merged(project, bundle)
    assert content(project).count(b'"Kyiv"') == 150
    assert not merged(project, bundle).changes_anything
