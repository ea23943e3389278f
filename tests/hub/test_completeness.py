"""Whatever a merge of a file brings, the hub brings too."""

from collections.abc import Callable
from pathlib import Path

from app.core.annotation import Fragment, Status
from app.core.record import DocumentRecord
from app.core.suggestion import Suggestion
from app.core.suggestion_pattern import PatternMatch, SuggestionPattern
from app.jobs.tasks import hub as tasks
from app.services.history.finish_days import finishing_days
from app.services.suggestions.judgement import accept, reject
from app.services.suggestions.offer import offer
from app.services.suggestions.sights import Sights
from app.services.team.work_source import WorkSource
from app.session.actions import ChangePattern, DescribeDocument
from app.session.session import Session
from tests.hub.team_at_hub import TeamAtHub
from tests.unit.services.team.lead import bundled, merged, opened, uid_of

Show = Callable[[DocumentRecord], object]

# How each field of a document is compared; what isn't is said here, with the reason.
_FIELDS: dict[str, Show | str] = {
    "document": lambda record: record.document,
    "references": lambda record: record.references,
    "sets": lambda record: sorted(
        (s.annotator, s.kind, s.status, sorted(map(str, (*s.annotations, *s.relations))), s.remark) for s in record.sets
    ),
    "decisions": lambda record: record.decisions,
    "suggestions": lambda record: [
        (
            item.suggestion,
            sorted(item.judgements, key=lambda j: j.annotator),
            sorted(item.shown, key=lambda s: s.annotator),
        )
        for item in record.suggestions
    ],
    "versions": lambda record: [version.sha256 for version in record.versions],
    "extra": "fields of a foreign file can have anyone's name: bundles leave them out, too",
    "is_derived": "only while a file is imported",
    "file_keys": "only while a file is imported",
}
# What a source has besides its documents, and where it is seen that a hub has it.
_SOURCE = {
    "records": "here",
    "patterns": "here",
    "edited_texts": "tests.hub.test_lead",
    "text_of": "tests.hub.test_lead",
    "earlier_texts": "tests.hub.test_lead",
    "scheme": "tests.hub.test_lead",
    "has": "tests.hub.test_trust",
    "status_rows": "here",
    "name": "words for people",
    "path": "a hub has none",
    "uid": "tests.hub.test_trust",
    "head": "tests.hub.test_trust",
    "documents": "a count for the progress",
    "bundle_of": "a hub is no bundle",
    "bundle_for": "a hub is no bundle",
}


def test_no_field_is_forgotten() -> None:
    assert set(_FIELDS) == set(DocumentRecord._fields)
    assert set(_SOURCE) == {name for name in vars(WorkSource) if not name.startswith("_")}


_ADD = (
    "INSERT INTO suggested (document, person, digest, sha256, content) SELECT uid, 'ana', '', sha256, %s FROM document"
)


def _suggestion(text: str, quote: str) -> Suggestion:
    at = text.index(quote)
    fragments = (Fragment(at, at + len(quote)),)
    return Suggestion(uid="", maker="test", layer="entity", label="GPE", fragments=fragments, quote=quote, score=0.1)


def _offer(session: Session, name: str, *quotes: str) -> dict[str, Suggestion]:
    uid = uid_of(session, name)
    text = session.reader.document(uid).text
    new = offer(session, [(uid, [_suggestion(text, quote) for quote in quotes])], suggesters="test").new
    return {item.quote: item for _, item in new}


def _add_pattern(session: Session, words: str) -> None:
    pattern = SuggestionPattern(
        uid=f"pattern-{words}", words=words, match=PatternMatch.EXACT, layer="entity", label="GPE"
    )
    session.perform(ChangePattern(pattern), title="Add")


def _prepare(session: Session) -> None:
    """What the lead's project has before anybody works with it."""
    _offer(session, "spun.txt", "Kyiv", "Donald Trump", "senator")
    _add_pattern(session, "Ankara")


def _work(path: Path) -> None:
    """What Ana does in hers."""
    with opened(path, "ana") as session:
        uid = uid_of(session, "spun.txt")
        session.open_document(uid)
        (record,) = [r for r in session.reader.records() if r.document.uid == uid]
        by_quote = {item.suggestion.quote: item.suggestion for item in record.suggestions}
        sights = Sights(session)
        sights.note(uid, [suggestion.uid for suggestion in by_quote.values()])
        sights.write()
        accept(session, by_quote["Kyiv"])
        reject(session, by_quote["senator"])
        session.set_status(Status.DONE)
        _offer(session, "spun.txt", "Vladimir Puttin")
        _offer(session, "third.txt", "aide")
        _add_pattern(session, "aide")


def _days(path: Path) -> dict[tuple[str, str], str]:
    with opened(path) as session:
        return finishing_days(session)


def _content(path: Path) -> tuple[dict[str, dict[str, object]], set[str]]:
    with opened(path) as session:
        shown = {name: show for name, show in _FIELDS.items() if not isinstance(show, str)}
        records = {r.document.name: {name: show(r) for name, show in shown.items()} for r in session.reader.records()}
        return records, {pattern.words for pattern in session.executor.suggesting.patterns.all()}


def test_the_hub_brings_what_a_merge_brings(hub: TeamAtHub, tmp_path: Path) -> None:
    with opened(hub.project("lea"), "lea") as session:
        tasks.leave(session)
        _prepare(session)
        hub.database = hub.server.new_database()
        hub.made = tasks.create(session, hub.server.url(hub.database))
    hub.join("ana", take=3)
    bundle = bundled(hub.project("lea"), tmp_path / "bundle.stet", "ana")
    assert _content(hub.project("ana"))[1] == {"Ankara"}
    _work(hub.project("ana"))
    copy = tmp_path / "merged.stet"
    copy.write_bytes(hub.project("lea").read_bytes())
    ana = tmp_path / "ana-alone.stet"
    ana.write_bytes(hub.project("ana").read_bytes())
    assert bundle.exists()
    merged(copy, ana, who="lea")
    hub.sync("ana")
    done = hub.sync("lea")
    assert (done.suggestions, done.patterns) == (2, 1)
    assert _content(hub.project("lea")) == _content(copy)
    assert _days(hub.project("lea")) == _days(copy)
    assert [who for who, _ in _days(copy)] == ["ana"]
    records, patterns = _content(hub.project("lea"))
    assert patterns == {"Ankara", "aide"}
    assert len(records["spun.txt"]["suggestions"]) == 4
    before = hub.sql("SELECT document, person, at FROM suggested ORDER BY 1, 2")
    for who in ("ana", "lea", "ana"):
        assert hub.sync(who).sentence() == "nothing new on either side"
    assert hub.sql("SELECT document, person, at FROM suggested ORDER BY 1, 2") == before


def test_an_annotator_gets_no_answers_of_others(hub: TeamAtHub) -> None:
    hub.sql("UPDATE hub SET annotators = 2")
    hub.join("ana", take=3)
    hub.join("ben", take=3)
    with opened(hub.project("lea"), "lea") as session:
        _prepare(session)
        session.open_document(uid_of(session, "spun.txt"))
        (record,) = [r for r in session.reader.records() if r.document.name == "spun.txt"]
        accept(session, record.suggestions[0].suggestion)
    for who in ("lea", "ana"):
        hub.sync(who)
    _work(hub.project("ana"))
    for who in ("ana", "lea", "ben"):
        hub.sync(who)
    records, patterns = _content(hub.project("ben"))
    assert patterns == {"Ankara"}, "Ana's pattern says how she marks"
    shown = {item.quote: (answers, sights) for item, answers, sights in records["spun.txt"]["suggestions"]}
    assert shown == {"Kyiv": ([], []), "Donald Trump": ([], []), "senator": ([], [])}
    assert records["third.txt"]["suggestions"] == []
    assert hub.sql("SELECT person FROM suggested", who="ben") == []
    assert hub.sql("SELECT count(*) FROM suggested WHERE person = 'ana'", who="lea") == [(2,)]
    told = hub.sql("SELECT content FROM told_suggested(ARRAY(SELECT uid FROM document), '0')", who="ben")
    assert "lea" not in str(told)
    assert hub.refused("SELECT person FROM pattern", who="ben")
    assert hub.refused(_ADD, "[]", who="ben")
    assert hub.sql("UPDATE suggested SET content = '[]' RETURNING document", who="ben") == []


def test_suggestions_that_are_not_valid_keep_nobody_out(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    hub.sql(_ADD, "[]", who="ana")
    words = iter(("Kyiv", "senator", "spoke", "agreed"))
    for number, content in enumerate(('"x"', "[", '[{"id": "a"}]', '[{"id": "' + "x" * 999 + '"}]')):
        hub.mark("ana", "spun.txt", next(words))
        hub.sync("ana")
        hub.sql("UPDATE suggested SET content = %s", content, who="ana")
        hub.sql("INSERT INTO pattern (uid, content) VALUES (%s, %s)", f"p{number}", content, who="ana")
        done = hub.sync("lea")
        assert done.sets == 1, content
        assert {finding.kind for finding in done.report} == {"hub-suggestion", "hub-pattern"}, content


def test_an_answer_in_anothers_name_is_left_out(hub: TeamAtHub) -> None:
    with opened(hub.project("lea"), "lea") as session:
        _prepare(session)
    hub.sync("lea")
    hub.join("ana", take=3)
    _work(hub.project("ana"))
    hub.sync("ana")
    hub.sql(
        'UPDATE suggested SET digest = \'x\', content = replace(content, \'"annotator":"ana"\', \'"annotator":"lea"\')',
        who="ana",
    )
    done = hub.sync("lea")
    assert [finding.kind for finding in done.report] == ["hub-suggestion"]
    records, _ = _content(hub.project("lea"))
    assert all(not answers for _, answers, _ in records["spun.txt"]["suggestions"])


def test_names_and_metadata_reach_everyone(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    hub.join("rob", "reviewer")
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.sync("ana")
    with opened(hub.project("lea"), "lea") as session:
        uid = uid_of(session, "spun.txt")
        session.perform(DescribeDocument(uid, "Spun news", {"source": "wire", "n": 7}), title="Describe")
    for who in ("lea", "ana", "rob"):
        done = hub.sync(who)
        assert [str(finding) for finding in done.report] == []
    for who in ("ana", "rob"):
        with opened(hub.project(who), who) as session:
            here = session.reader.document(uid)
        assert (here.name, here.meta) == ("Spun news", {"source": "wire", "n": 7}), who
    for who in ("ana", "lea"):
        assert hub.sync(who).sentence() == "nothing new on either side"


def test_metadata_that_two_leads_changed_is_the_later_ones(hub: TeamAtHub) -> None:
    hub.join("lou", "lead")
    for who in ("lea", "lou"):
        with opened(hub.project(who), who) as session:
            uid = uid_of(session, "spun.txt")
            session.perform(DescribeDocument(uid, meta={"by": who}), title="Describe")
    for who in ("lea", "lou", "lea"):
        hub.sync(who)
    for who in ("lea", "lou"):
        with opened(hub.project(who), who) as session:
            assert session.reader.document(uid).meta == {"by": "lou"}, who
