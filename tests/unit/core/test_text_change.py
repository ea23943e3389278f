"""What becomes of a mark when the text is changed: the rules, one by one."""

from random import Random

import pytest

from app.core.annotation import Annotation, Evidence, Fragment, Stance, quote_of
from app.core.text_change import Fate, Placed, Splice, TextChange, placed_annotation


def _placed(change: TextChange, *quotes: str) -> Placed:
    """Return what becomes of the first occurrences of some words of the old text, one after the other."""
    at, found = 0, list[Fragment]()
    for quote in quotes:
        at = change.old.index(quote, at)
        found.append(Fragment(at, at + len(quote)))
        at += len(quote)
    return change.placed(tuple(found), quote_of(change.old, found))


def _words(place: Placed) -> tuple[str, str]:
    return place.fate.value, place.quote


SPOKEN = "Puttin spoke to the US senator today."


@pytest.mark.parametrize(
    ("new", "marked", "fate", "quote"),
    [
        ("Putin spoke to the US senator today.", "Puttin", "changed", "Putin"),
        ("Putin spoke to the US senator today.", "senator", "moved", "senator"),
        ("Puttin spoke to the US president today.", "Puttin", "kept", "Puttin"),
        ("Puttin spoke to the US president today.", "senator", "lost", "senator"),
        ("Puttin spoke to the US president today.", "US senator", "changed", "US president"),
        ("Puttin spoke to the US president today.", "US senator today", "changed", "US president today"),
        ("Puttin spoke to the US today.", "senator", "lost", "senator"),
        ("Puttin spoke to the US today.", "US senator", "changed", "US"),
        ("Puttin spoke to senator today.", "the US", "lost", "the US"),
        ("Puttin spoke to old the US senator today.", "the US", "moved", "the US"),
        ("Puttin spoke to the US old senator today.", "the US", "kept", "the US"),
        ("Puttin spoke to the US old senator today.", "US senator", "changed", "US old senator"),
        ("", "senator", "lost", "senator"),
    ],
)
def test_a_mark_follows_its_words(new: str, marked: str, fate: str, quote: str) -> None:
    assert _words(_placed(TextChange.between(SPOKEN, new), marked)) == (fate, quote)


def test_an_edge_inside_replaced_text_is_not_guessed() -> None:
    change = TextChange(SPOKEN, [Splice(16, 22, "an American")])  # the US
    assert _words(_placed(change, "US senator")) == ("lost", "US senator")
    assert _words(_placed(change, "to the")) == ("lost", "to the")


def test_what_was_only_taken_away_leaves_certain_edges() -> None:
    change = TextChange(SPOKEN, [Splice(13, 20, "")])  # to the␣
    assert change.new == "Puttin spoke US senator today."
    assert _words(_placed(change, "the US")) == ("changed", "US")
    assert _words(_placed(change, "spoke to")) == ("changed", "spoke")


def test_a_lost_mark_lies_on_what_replaced_it() -> None:
    change = TextChange.between(SPOKEN, "Puttin spoke to the US president today.")
    place = _placed(change, "senator")
    assert quote_of(change.new, place.fragments) == "president"
    gone = _placed(TextChange.between(SPOKEN, "Puttin spoke to the US today."), "senator")
    assert gone.fragments == (Fragment(23, 23),)
    assert gone.quote == "senator"


def test_a_mark_in_parts_is_lost_with_one_of_them() -> None:
    change = TextChange.between(SPOKEN, "Puttin spoke to the US president today.")
    assert _words(_placed(change, "Puttin", "senator")) == ("lost", "Puttin … senator")
    assert _words(_placed(change, "Puttin", "today")) == ("moved", "Puttin … today")


@pytest.mark.parametrize(
    ("splice", "anchor", "there"),
    [
        (Splice(7, 7, "never "), 7, 7),  # put in exactly there
        (Splice(0, 6, "Putin"), 7, 6),
        (Splice(7, 12, ""), 9, 7),  # in what was taken away
        (Splice(7, 12, "talked"), 7, 7),
        (Splice(7, 12, "talked"), 12, 13),
        (Splice(7, 12, "talked"), 9, None),
    ],
)
def test_an_anchor_stays_behind_what_it_followed(splice: Splice, anchor: int, there: int | None) -> None:
    place = TextChange(SPOKEN, [splice]).placed((Fragment(anchor, anchor),), "")
    assert place.fate is (Fate.LOST if there is None else Fate.KEPT if there == anchor else Fate.MOVED)
    assert place.fragments == ((Fragment(7, 13),) if there is None else (Fragment(there, there),))


def test_only_white_space_left_is_nothing_left() -> None:
    change = TextChange.between("one two", "eleven sixteen")
    assert _placed(change, "one two").fate is Fate.LOST
    assert _placed(TextChange.between("a -- b", "a – b"), "--").fate is Fate.LOST


def test_a_mark_takes_the_accent_that_is_put_on_it() -> None:
    change = TextChange.refined("cafe au lait", [Splice(4, 4, "\u0301")])
    assert _words(_placed(change, "cafe")) == ("changed", "cafe\u0301")
    assert _words(_placed(change, "au")) == ("moved", "au")


def test_flags_that_pair_anew_are_not_cut() -> None:
    change = TextChange("🇺🇦🇵🇱🇩🇪", [Splice(0, 0, "🇫")])
    place = change.placed((Fragment(2, 4),), "🇵🇱")
    assert place.fate is Fate.CHANGED
    assert place.quote == "🇦🇵🇱🇩"


def test_a_quote_that_was_wrong_before_is_kept() -> None:
    change = TextChange.between(SPOKEN, "Putin spoke to the US senator today.")
    assert change.placed((Fragment(7, 12),), "said") == Placed((Fragment(6, 11),), "said", Fate.MOVED)


def test_splices_out_of_order_or_outside_are_refused() -> None:
    for splices in ([Splice(3, 5, ""), Splice(4, 6, "")], [Splice(5, 3, "")], [Splice(30, 99, "")]):
        with pytest.raises(ValueError, match="out of order, or outside"):
            TextChange(SPOKEN, splices)


def test_a_text_without_lines_or_rare_words_is_compared() -> None:
    # In the first text only runs of words are found once, in the second one not even those.
    rarely = Random(1)
    for words in ([f"w{rarely.randrange(99)}" for _ in range(60_000)], ["a", "b", "c"] * 20_000):
        _compare(words)


def _compare(words: list[str]) -> None:
    old = " ".join(words)
    words[30_000] = "typo"
    change = TextChange.between(old, " ".join(words))
    assert [(splice.text) for splice in change.splices] == ["typo"]
    words[20], words[59_000] = "first", "last"
    change = TextChange.between(old, " ".join(words))
    assert [(splice.text) for splice in change.splices] == ["first", "typo", "last"]


def test_evidence_follows_the_text_that_it_is_in() -> None:
    def proof(uid: str, document: str, start: int, quote: str) -> Evidence:
        there = (Fragment(start, start + len(quote)),)
        return Evidence(uid=uid, document=document, fragments=there, quote=quote, stance=Stance.REFUTES)

    text = "He is the US President, not a senator."
    change = TextChange.between(text, "He is US president, not one.")
    evidence = (proof("a", "ref", 13, "President"), proof("b", "ref", 30, "senator"), proof("c", "other", 0, "x"))
    mark = Annotation(uid="m", layer="error", label="BARE", fragments=(Fragment(0, 2),), quote="He", evidence=evidence)
    found = placed_annotation(mark, "doc", {"ref": change})
    assert found.fate is None
    assert (found.lost, found.reworded, found.is_touched) == (("b",), ("a",), True)
    assert [item.quote for item in found.value.evidence] == ["president", "senator", "x"]
    assert placed_annotation(mark, "other", {}).value is mark
