"""Texts and what they are corrected to: chats, preference pairs, and pairs of source and target."""

import io
import json
from typing import Any

import pytest

from app import paths
from app.core.annotation import Annotation, Relation, Status
from app.core.document import Document
from app.core.record import DocumentRecord
from app.core.scheme_file import parse_scheme
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.corrections.chat import ChatWriter
from app.exchange.formats.corrections.preference import PreferenceWriter
from app.exchange.formats.corrections.prompt import shortened
from app.exchange.formats.corrections.seq2seq import Seq2SeqWriter
from app.exchange.output import StreamOutput
from app.exchange.registry import Registry
from tests.conftest import scheme_source
from tests.unit.build import annotation
from tests.unit.exchange.build import REFERENCE, record, work

TEXT = "Trump, the US senator, called. Kyiv agreed. 😀 It rained then."
SCHEME = parse_scheme(scheme_source("news-errors"))
PAPER = record(REFERENCE, uid="d2", name="report.txt").document


def error(start: int, end: int, correction: str | None, uid: str = "a1", text: str = TEXT, **fields: Any) -> Annotation:
    given = {"uid": uid, "layer": "error", "label": "ROLE_ATTRIBUTE", "correction": correction}
    return annotation(text, (start, end), **{**given, **fields})


def document(*marks: Annotation, text: str = TEXT, references: tuple[str, ...] = ("d2",), **fields: Any):
    status = Status.DONE if marks else Status.DONE_EMPTY
    return record(text, references=references, sets=(work(*marks, status=status, **fields),))


def written(writer: Writer, *records: DocumentRecord, **own: Any) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Return the lines of an export, and how often each kind of loss was noted."""
    known: dict[str, Document] = {"d2": PAPER}
    values = {option.name: option.default for option in writer.options} | own
    out = io.BytesIO()
    losses = writer.write(records, StreamOutput(out), WriteOptions(scheme=SCHEME, document=known.get, own=values))
    return [json.loads(line) for line in out.getvalue().split(b"\n")[:-1]], {loss.kind: loss.count for loss in losses}


SENATOR = error(14, 21, "president")
PROMPT = f"<reference>\n{REFERENCE}\n</reference>"
RIGHT = TEXT.replace("senator", "president")


# -- chat --------------------------------------------------------------------------------------------------------------


def test_a_chat_asks_with_reference_and_text_and_answers() -> None:
    (line,), losses = written(ChatWriter(), document(SENATOR), instruction="Put it right.")
    assert line == {
        "messages": [
            {"role": "system", "content": "Put it right."},
            {"role": "user", "content": f"{PROMPT}\n\n<text>\n{TEXT}\n</text>"},
            {"role": "assistant", "content": RIGHT},
        ]
    }
    assert losses == {}


def test_what_is_right_is_answered_as_it_is_or_left_out() -> None:
    (line,), _ = written(ChatWriter(), document(), reference=False)
    assert [said["content"] for said in line["messages"]][1:] == [f"<text>\n{TEXT}\n</text>", TEXT]
    assert written(ChatWriter(), document(), unchanged=False) == ([], {"unchanged": 1})


def test_an_answer_may_be_the_marks() -> None:
    marks = (SENATOR, error(31, 35, None, "a2", label="GPE", layer="entity", comment="?"))
    severe = error(36, 42, "", "a3", attributes={"severity": "minor"})
    (line,), losses = written(ChatWriter(), document(*marks, severe), answer="marks", definitions=True)
    assert json.loads(line["messages"][2]["content"]) == [
        {"quote": "senator", "label": "ROLE_ATTRIBUTE", "correction": "president"},
        {"quote": "Kyiv", "label": "GPE"},
        {"quote": "agreed", "label": "ROLE_ATTRIBUTE", "severity": "minor", "correction": ""},
    ]
    assert "\n- GPE: " in line["messages"][0]["content"]
    assert losses == {"comment": 1}


def test_an_answer_of_marks_tells_which_places_are_unclear() -> None:
    twice = "Ana met Ana."
    (line,), losses = written(
        ChatWriter(), document(error(0, 3, "Ben", text=twice), text=twice, references=()), answer="marks"
    )
    assert (losses, line["messages"][2]["role"]) == ({"place": 1}, "assistant")
    assert written(ChatWriter(), document(), answer="marks")[0][0]["messages"][2]["content"] == "[]"


# -- preference --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wire", ["openai", "trl", "messages+rejected_response"])
def test_the_wrong_text_is_rejected_in_three_forms(wire: str) -> None:
    (line,), losses = written(PreferenceWriter(), document(SENATOR), wire=wire, instruction="Write.", ids=True)
    asked = [{"role": "system", "content": "Write."}, {"role": "user", "content": PROMPT}]
    good, bad = {"role": "assistant", "content": RIGHT}, {"role": "assistant", "content": TEXT}
    forms = {
        "openai": {
            "input": {"messages": asked, "tools": [], "parallel_tool_calls": True},
            "preferred_output": [good],
            "non_preferred_output": [bad],
        },
        "trl": {"prompt": asked, "chosen": [good], "rejected": [bad]},
        "messages+rejected_response": {"messages": [*asked, good], "rejected_response": TEXT},
    }
    assert line == {**forms[wire], "id": "d1", "name": "spun.txt", "annotator": "ana"}
    assert losses == {}


def test_without_a_correction_there_is_no_pair() -> None:
    assert written(PreferenceWriter(), document(), record()) == ([], {"unchanged": 1})


def test_a_pair_without_a_reference_is_told() -> None:
    (line,), losses = written(PreferenceWriter(), document(SENATOR, references=("gone",)))
    assert [said["role"] for said in line["prompt"]] == ["user"]
    assert losses == {"source": 1, "no-reference": 1}


def test_long_references_are_cut_and_that_is_told() -> None:
    (line,), losses = written(PreferenceWriter(), document(SENATOR, references=("d2", "d2")), longest=20)
    assert (
        line["prompt"][1]["content"] == "<reference>\nU.S. President\n</reference>\n\n<reference>\nU.S.\n</reference>"
    )
    assert losses == {"cut": 2}


@pytest.mark.parametrize(
    ("text", "room", "left"),
    [
        ("ab cd", 9, "ab cd"),
        ("ab cd", 4, "ab"),
        ("ab cd", 2, "ab"),
        ("abcde", 3, "abc"),
        ("e\u0301e\u0301", 3, "e\u0301"),
        ("ab", 0, ""),
    ],
)
def test_a_cut_is_after_a_word_and_in_no_character(text: str, room: int, left: str) -> None:
    assert shortened(text, room) == left


# -- errors that are left ----------------------------------------------------------------------------------------------

OPEN = error(31, 35, None, "a2")  # the second sentence
CLASH = (error(31, 35, "Lviv", "a2"), error(31, 42, "Odesa said no", "a3"))


@pytest.mark.parametrize("marks", [(OPEN,), CLASH])
@pytest.mark.parametrize("writer", [ChatWriter(), PreferenceWriter()])
def test_a_text_that_keeps_errors_is_no_good_answer(writer: Writer, marks: tuple[Annotation, ...]) -> None:
    found, losses = written(writer, document(SENATOR, *marks))
    assert (found, losses["partly"]) == ([], 1)
    found, losses = written(writer, document(SENATOR, *marks), partly=True)
    assert (len(found), losses["partly"]) == (1, 1)


@pytest.mark.parametrize("marks", [(OPEN,), CLASH, (error(42, 43, None, "a2"),)])
def test_only_the_sentence_that_keeps_an_error_is_left_out(marks: tuple[Annotation, ...]) -> None:
    found, losses = written(Seq2SeqWriter(), document(SENATOR, *marks))
    assert [pair["source"] for pair in found] == ["Trump, the US senator, called.", "😀 It rained then."]
    assert losses["partly"] == 1


def test_marks_that_say_nothing_of_the_text_are_counted() -> None:
    person = error(0, 5, None, "a2", layer="entity", label="PERSON")
    moved = error(0, 5, "X", "a3", quote="Tramp")
    tie = Relation(uid="r", source="a1", target="a2", label="of")
    _, losses = written(ChatWriter(), document(SENATOR, person, moved, relations=(tie,)))
    assert losses == {"mark": 1, "quote": 1, "relation": 1}


# -- pairs -------------------------------------------------------------------------------------------------------------


def sources_and_targets(*marks: Annotation, text: str = TEXT, **own: Any) -> list[tuple[str, str]]:
    found, _ = written(Seq2SeqWriter(), document(*marks, text=text), **own)
    for pair in found:
        assert text[pair["start"] : pair["end"]] == pair["source"]
    return [(pair["source"], pair["target"]) for pair in found]


def test_sentences_are_paired_through_their_corrections() -> None:
    assert sources_and_targets(SENATOR) == [
        ("Trump, the US senator, called.", "Trump, the US president, called."),
        ("Kyiv agreed.", "Kyiv agreed."),
        ("😀 It rained then.", "😀 It rained then."),
    ]
    assert [target for _, target in sources_and_targets(SENATOR, unchanged=False)] == [
        "Trump, the US president, called."
    ]


def test_sentences_that_a_correction_joins_are_one_pair() -> None:
    joined = error(29, 35, ", and Kyiv")
    assert sources_and_targets(joined)[0] == (TEXT[:43], "Trump, the US senator, called, and Kyiv agreed.")


def test_a_sentence_put_in_belongs_to_the_one_before() -> None:
    added = error(43, 43, "Nobody knows why.", label="OMISSION")
    assert sources_and_targets(added)[1] == ("Kyiv agreed.", "Kyiv agreed. Nobody knows why.")


def test_words_put_in_before_a_sentence_belong_to_it() -> None:
    first, second, _ = sources_and_targets(error(0, 0, "Then"), error(31, 31, "But", "a2"))
    assert first == ("Trump, the US senator, called.", "Then Trump, the US senator, called.")
    assert second == ("Kyiv agreed.", "But Kyiv agreed.")


def test_a_sentence_that_is_deleted_makes_no_pair() -> None:
    found, losses = written(Seq2SeqWriter(), document(error(31, 43, "")))
    assert [pair["target"] for pair in found] == ["Trump, the US senator, called.", "😀 It rained then."]
    assert losses == {"reference": 1, "deleted": 1}


def test_sentences_put_together_are_the_corrected_text() -> None:
    marks = (SENATOR, error(31, 35, "Lviv", "a2"), error(53, 53, " or snowed", "a3"))
    (whole,) = sources_and_targets(*marks, unit="document")
    assert " ".join(target for _, target in sources_and_targets(*marks)) == whole[1]
    assert whole[0] == TEXT


def test_a_prefix_stands_before_the_source() -> None:
    found, _ = written(Seq2SeqWriter(), document(SENATOR), unit="document", prefix="correct: ")
    assert found == [
        {
            **{"source": f"correct: {TEXT}", "target": RIGHT, "id": "d1"},
            **{"start": 0, "end": len(TEXT), "annotator": "ana"},
        }
    ]


def test_texts_of_nothing_make_no_pair() -> None:
    for text in ("", " \n "):
        assert sources_and_targets(text=text) == sources_and_targets(text=text, unit="document") == []


@pytest.mark.parametrize("name", ["chat", "preference", "seq2seq", "token-classification"])
def test_the_help_has_every_option(name: str) -> None:
    page = (paths.resources() / "help" / "fine-tuning.md").read_text(encoding="utf-8")
    part = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    writer = Registry().writer(name)
    assert [option.name for option in writer.options if f"`{option.name}`" not in part] == []
