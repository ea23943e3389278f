"""A project in which two people differ in everything that can be said, and what they say."""

from pathlib import Path
from typing import Any

from app.core.annotation import Annotation, Evidence, Fragment, Relation, Stance, Status
from app.core.edits import AddAnnotation, AddRelation, Batch, SetStatus
from app.session.actions import SetEdit
from app.session.session import Session
from tests.e2e import rich_scheme
from tests.made_once import made_once

RELATIONS = """
[[relation]]
id = "calls"
key = "w"
source = ["entity.PERSON"]
target = ["entity.PERSON"]

[[relation.attribute]]
id = "sure"
title = "Sure"
kind = "scale"

[[relation.attribute.value]]
id = "low"
title = "Hardly"

[[relation.attribute.value]]
id = "high"
title = "Quite"

[[relation]]
id = "meets"
key = "y"
directed = false
source = ["entity.PERSON"]
target = ["entity.PERSON"]

[[relation]]
id = "because"
title = "Because of"
key = "b"

[[relation]]
id = "in"
key = "i"
source = ["entity"]
target = ["entity.PLACE"]

[[relation.attribute]]
id = "since"
title = "Since"
kind = "number"
unit = "years"
"""
COUNTING = (
    rich_scheme.SCHEME.replace('id = "entity"\nkey', 'id = "entity"\ncounts = ["label"]\nkey')
    .replace('id = "claim"\nkey', 'id = "claim"\ncounts = ["label", "evidence"]\nkey')
    .replace('id = "article"\n', 'id = "article"\ncounts = ["label"]\n')
)
TEXT = rich_scheme.TEXTS["1.txt"]
TRUMP, PUTIN, TOWN, CLAIM = "Donald Trump", "Puttin", "Washington", "spoke for two days"
NAMES = {TRUMP: "t", PUTIN: "p", TOWN: "w", CLAIM: "c"}


def mark(by: str, words: str, layer: str, label: str, evidence: tuple[Evidence, ...] = (), **said: Any) -> Annotation:
    start = TEXT.index(words)
    fragments = (Fragment(start, start + len(words)),)
    return Annotation(
        uid=f"{by}{NAMES[words]}",
        layer=layer,
        label=label,
        fragments=fragments,
        quote=words,
        attributes=said,
        evidence=evidence,
    )


def proof(who: str, words: str, alternative: int) -> Evidence:
    start = rich_scheme.REFERENCE.index(words)
    return Evidence(
        uid=f"{who}-{words}",
        document="ref.txt",
        fragments=(Fragment(start, start + len(words)),),
        quote=words,
        stance=Stance.REFUTES,
        alternative=alternative,
    )


def about(who: str, layer: str, label: str, **said: Any) -> Annotation:
    return Annotation(
        uid=f"{who}{layer}", layer=layer, label=label, fragments=(Fragment(0, 0),), quote="", attributes=said
    )


def tie(who: str, source: str, label: str, target: str, comment: str = "", **said: Any) -> Relation:
    ends = f"{who}{NAMES[source]}", f"{who}{NAMES[target]}"
    return Relation(
        uid="-".join((*ends, label)), source=ends[0], target=ends[1], label=label, attributes=said, comment=comment
    )


def person(identifier: str, title: str) -> dict[str, str]:
    return {"id": identifier, "title": title}


def of_ana() -> tuple[list[Annotation], list[Relation]]:
    two = (proof("a", "about two hours", 1), proof("a", "Both sides confirmed it", 2))
    return [
        mark("a", TRUMP, "entity", "PERSON", who=person("Q22686", "Donald Trump"), roles=["head", "party"]),
        mark("a", PUTIN, "entity", "PERSON", who=person("Q7747", "Vladimir Putin"), born="1952-10"),
        mark("a", TOWN, "entity", "CITY", size=700_000),
        mark("a", CLAIM, "claim", "CLAIM", two, evidence_status="LINKED", trust="rather"),
        about("a", "article", "SPUN"),
        about("a", "quality", "quality", adequacy=70),
    ], [
        tie("a", TRUMP, "calls", PUTIN, sure="high"),
        tie("a", TRUMP, "in", TOWN, since=4),
        tie("a", CLAIM, "because", TRUMP),
    ]


def of_ben() -> tuple[list[Annotation], list[Relation]]:
    one = (proof("b", "about two hours", 1), proof("b", "Both sides confirmed it", 1))
    return [
        mark("b", TRUMP, "entity", "PERSON", who=person("Q22686", "The Donald"), roles=["head"]),
        mark("b", PUTIN, "entity", "PERSON", who=person("Q22686", "Donald Trump"), born="1952"),
        mark("b", TOWN, "entity", "CITY", size=650_000),
        mark("b", CLAIM, "claim", "CLAIM", one, evidence_status="LINKED", trust="very"),
        about("b", "article", "SOUND"),
        about("b", "quality", "quality", adequacy=20),
    ], [
        tie("b", TRUMP, "meets", PUTIN),
        tie("b", TRUMP, "in", TOWN, since=8),
        tie("b", TRUMP, "because", CLAIM),
        tie("b", PUTIN, "in", TOWN),
    ]


@made_once
def make(folder: Path) -> Path:
    """Create the project, with the document finished by both."""
    path = rich_scheme.make(folder, more=RELATIONS, source=COUNTING)
    session = Session.open(path, annotator="ana")
    for who, (marks, ties) in (("ana", of_ana()), ("ben", of_ben())):
        session.become(who)
        edits = (*map(AddAnnotation, marks), *map(AddRelation, ties), SetStatus(Status.DONE))
        session.perform(SetEdit("1.txt", who, Batch(edits)), title="Work")
    session.close()
    return path
