"""Who suggested a mark, and in which version, is in every export that can say it; gold takes it over."""

import json
from pathlib import Path

from app.core.annotation import Annotation, Evidence, Fragment, Stance, Status
from app.core.suggestion import Suggestion
from app.services.suggestions.judgement import accept
from app.services.suggestions.offer import offer
from app.session.actions import LinkReference
from app.session.session import Session
from tests.cli.conftest import Stet
from tests.conftest import add_documents, scheme_source

TEXT = "Donald Trump, the US senator, called.\n"
RIGHT = "The U.S. President called.\n"


def accepted(path: Path) -> Annotation:
    """Make a project in which ana accepted a suggestion with everything, and finished; return the mark."""
    session = Session.create(path, scheme=scheme_source("news-errors"), annotator="ana")
    uid, reference = add_documents(session, {"a.txt": TEXT, "b.txt": RIGHT})
    at, there = TEXT.index("senator"), RIGHT.index("U.S. President")
    evidence = Evidence(
        uid="e1",
        document=reference,
        fragments=(Fragment(there, there + 14),),
        quote="U.S. President",
        stance=Stance.REFUTES,
    )
    suggestion = Suggestion(
        uid="",
        maker="role",
        version="3",
        layer="error",
        label="ROLE_ATTRIBUTE",
        fragments=(Fragment(at, at + 7),),
        quote="senator",
        attributes={"severity": "critical"},
        correction="president",
        evidence=(evidence,),
        reason="The reference says “U.S. President”.",
        score=0.9,
    )
    session.perform(LinkReference(uid, reference), title="Link")
    ((_, new),) = offer(session, [(uid, [suggestion])], suggesters="role").new
    session.open_document(uid)
    made = accept(session, new)
    session.set_status(Status.DONE)
    session.close()
    return made


def test_accepting_fills_in_all_that_was_suggested(tmp_path: Path) -> None:
    made = accepted(tmp_path / "p.stet")
    assert (made.correction, made.attributes["severity"], made.origin) == ("president", "critical", "suggestion:role@3")
    assert [(item.quote, item.stance) for item in made.evidence] == [("U.S. President", Stance.REFUTES)]
    assert made.attributes["evidence_status"] == "LINKED"


def test_exports_say_who_suggested_a_mark(stet: Stet) -> None:
    project = stet.folder / "p.stet"
    accepted(project)
    assert stet("review", project, "--auto", "threshold", "--votes", "1", "--as", "rina").code == 0
    for gold in (("--as", "ana"), ("--gold",)):
        for name in ("stet", "training"):
            assert stet("export", project, "out.jsonl", "--format", name, *gold).code == 0
            lines = [json.loads(line) for line in (stet.folder / "out.jsonl").read_text("utf-8").splitlines()]
            assert '"origin": "suggestion:role@3"' in json.dumps(lines), (name, gold)
        assert stet("export", project, "out.csv", "--format", "csv", *gold).code == 0
        assert "suggestion:role@3,accepted" in (stet.folder / "out.csv").read_text("utf-8")
        assert stet("export", project, "out.jsonl", "--format", "prodigy", *gold).code == 0
        line = (stet.folder / "out.jsonl").read_text("utf-8")
        assert '"suggested_by":"role@3","suggestion_answer":"accepted"' in line.replace(" ", "")
        assert "who suggested marks" in stet("export", project, "out.conll", "--format", "conll", *gold).err
