"""The report: which measures there are, what they count, and what stands where there is no number."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from app.core.annotation import Annotation
from app.review.agreement.report import LayerAgreement, Measure, Pair, agreement
from app.review.readings import Reading, Readings
from tests.unit.build import SCHEME, annotation, document, evidence

TEXT = "x" * 100
AB, AC, BC = ("ana", "ben"), ("ana", "cem"), ("ben", "cem")


def reading(*marks: Annotation) -> Reading:
    return Reading(tuple(marks))


def readings(uid: str, length: int = 100, **by: Iterable[Annotation]) -> Readings:
    return Readings(uid, length, {name: Reading(tuple(marks)) for name, marks in by.items()}, uid)


def mark(start: int, end: int, label: str = "TERM", severity: str | None = None, **fields: Any) -> Annotation:
    attributes = {"severity": severity} if severity else {}
    return annotation(TEXT, (start, end), label=label, attributes=attributes, **fields)


def report(items: Iterable[Readings], **options: Any) -> LayerAgreement:
    (found,) = agreement(items, SCHEME, **{"layers": ["error"], "resamples": 200, **options})
    return found


def figure(found: LayerAgreement, measure: str, pair: Pair = None, label: str | None = None) -> Measure:
    hits = [row for row in found.measures if (row.measure, row.pair, row.label) == (measure, pair, label)]
    assert len(hits) == 1, (measure, pair, label)
    return hits[0]


def values(found: LayerAgreement, pair: Pair = None, label: str | None = None) -> Mapping[str, float | None]:
    return {row.measure: row.value for row in found.measures if (row.pair, row.label) == (pair, label)}


# -- the case of three annotators, as a report -------------------------------------------------------------------------

CASE = readings(
    "d1",
    40,
    ana=[mark(0, 8, "NOTE"), mark(12, 20, "BARE"), mark(30, 36, "TERM")],
    ben=[mark(0, 8, "NOTE"), mark(14, 20, "BARE"), mark(30, 36, "BARE")],
    cem=[mark(0, 8, "NOTE"), mark(24, 28, "TERM")],
)


def six(value: float):
    return pytest.approx(value, abs=5e-7)


def test_the_figures_of_a_pair_are_those_of_the_measures() -> None:
    found = values(report([CASE]), AB)
    assert found["exact_f1"] == six(0.666667)
    assert found["exact_label_f1"] == six(0.333333)
    assert found["overlap_f1"] == 1.0
    assert (found["mpp_precision"], found["mpp_recall"], found["mpp_f1"]) == (six(0.916667), 1.0, six(0.956522))
    assert (found["char_f1"], found["char_iou"]) == (six(0.952381), six(0.909091))
    assert (found["char_alpha"], found["char_alpha_any"]) == (six(0.703565), six(0.901003))
    assert found["alpha_u"] == six(0.592688)
    by_label = {label: values(report([CASE]), AB, label)["alpha_u"] for label in ("NOTE", "BARE", "TERM")}
    assert by_label == {"NOTE": 1.0, "BARE": six(0.423848), "TERM": six(-0.310417)}


def test_the_figures_of_all() -> None:
    found = report([CASE])
    assert figure(found, "char_alpha").value == six(0.442685)
    assert figure(found, "char_alpha_any").value == six(0.398990)
    assert figure(found, "alpha_u").value == six(0.464954)
    assert figure(found, "exact_f1").value == six((0.666667 + 0.4 + 0.4) / 3)
    assert figure(found, "char_iou").value == six((0.909091 + 0.307692 + 0.333333) / 3)
    assert found.annotators == ["ana", "ben", "cem"]
    assert [figure(found, "exact_f1", pair).n for pair in (AB, AC, BC)] == [[3, 3], [3, 2], [3, 2]]
    assert figure(found, "exact_label_f1", None, "TERM").n == [1, 0, 1]


def test_there_is_a_row_for_every_measure_pair_and_label() -> None:
    found = report([CASE], gamma=True)
    keys = [(row.measure, row.pair, row.label) for row in found.measures]
    assert len(set(keys)) == len(keys)
    spans = {f"{mode}{label}_f1" for mode in ("exact", "overlap", "mpp") for label in ("", "_label")}
    characters = {"char_alpha", "char_alpha_any", "char_f1", "char_iou"}
    names = ("label", "evidence_status", "certain", "severity")
    alphas = {f"{'ordinal' if name == 'severity' else 'nominal'}_alpha_{name}" for name in names}
    kin = {f"{kind}_{name}" for kind in ("kappa", "scott_pi", "bennett_s", "gwet_ac1") for name in names}
    spans |= {"relation_f1", "relation_label_f1"}
    everything = spans | characters | alphas | kin | {"alpha_u", "evidence_f1", "token_kappa", "boundary_similarity"}
    of_all = {f"fleiss_kappa_{name}" for name in names} | {"gamma"}
    assert {row.measure for row in found.measures if not row.pair and not row.label} == everything | of_all
    one_sided = {f"{name[:-3]}_{part}" for name in spans for part in ("precision", "recall")}
    by_label = {
        *("exact_label_f1", "overlap_label_f1", "mpp_label_f1", "char_alpha", "alpha_u"),
        *("nominal_alpha_label", "kappa_label", "token_kappa", "boundary_similarity"),
    }
    for pair in (AB, AC, BC):
        assert {row.measure for row in found.measures if row.pair == pair and not row.label} == everything | one_sided
        for label in ("TERM", "NOTE", "BARE"):
            assert set(values(found, pair, label)) == by_label
    for label in ("TERM", "NOTE", "BARE"):
        assert set(values(found, None, label)) == by_label | {"fleiss_kappa_label"}


def test_alpha_of_a_field_of_all_is_of_findings() -> None:
    """Three found a place, two another, one a third: the pairs of the first count 1 / 2 each, of the second 1."""
    ana = [mark(0, 9, severity="minor"), mark(20, 29, severity="major"), mark(40, 49, severity="major")]
    ben = [mark(0, 9, severity="minor"), mark(21, 29, severity="minor")]
    cem = [mark(0, 8, severity="major")]
    row = figure(report([readings("d1", ana=ana, ben=ben, cem=cem)]), "ordinal_alpha_severity")
    # coincidences: minor-minor 1, minor-major 2 * 1 / 2 + 1 = 2 each way; of 5 values, 3 minor and 2 major
    assert row.value == pytest.approx(1 - 4 * (2 * 2) / (2 * 3 * 2))
    assert (row.n, row.used, row.total) == (2, 2, 2)


def test_a_finding_has_at_most_one_mark_of_each() -> None:
    """Cem's long mark meets both of ana's and ben's: it belongs to the one that it shares most with."""
    ana = [mark(0, 10, severity="minor"), mark(12, 20, severity="major")]
    ben = [mark(0, 10, severity="minor"), mark(12, 20, severity="major")]
    cem = [mark(0, 20, severity="minor")]
    row = figure(report([readings("d1", ana=ana, ben=ben, cem=cem)]), "ordinal_alpha_severity")
    assert (row.value, row.n) == (1.0, 2)


# -- documents ---------------------------------------------------------------------------------------------------------


def test_only_documents_that_both_finished_count() -> None:
    both = readings("d1", 100, ana=[mark(0, 5)], ben=[mark(0, 5)])
    alone = readings("d2", 300, ana=[mark(0, 5), mark(9, 12)])
    found = report([both, alone])
    assert figure(found, "exact_f1", AB) == figure(report([both]), "exact_f1", AB)._replace(total=2)
    assert found.documents == 2
    row = figure(found, "char_alpha", AB)
    assert (row.used, row.total, row.n) == (100, 400, [1, 1])


def test_a_document_that_both_left_empty_counts_and_adds_nothing() -> None:
    marked = readings("d1", 100, ana=[mark(0, 5)], ben=[mark(0, 5), mark(20, 30)])
    empty = readings("d2", 100, ana=[], ben=[])
    one, two = report([marked]), report([marked, empty])
    assert figure(two, "mpp_f1", AB).value == figure(one, "mpp_f1", AB).value
    assert (figure(two, "mpp_f1", AB).used, figure(one, "mpp_f1", AB).used) == (2, 1)
    # Characters that nobody marked are agreement, in that document too.
    twice = readings("d3", 200, ana=[mark(0, 5)], ben=[mark(0, 5), mark(20, 30)])
    for name in ("char_alpha", "char_alpha_any"):
        assert figure(two, name, AB).value == pytest.approx(figure(report([twice]), name, AB).value)
        assert figure(two, name, AB).value > figure(one, name, AB).value  # type: ignore[operator]
    assert figure(two, "char_alpha", AB, "TERM").value == figure(two, "char_alpha", AB).value


def test_a_label_appearing_late_is_compared_over_all_documents() -> None:
    first = readings("d1", 100, ana=[mark(0, 5)], ben=[mark(0, 5)])
    second = readings("d2", 100, ana=[mark(0, 5, "NOTE")], ben=[mark(2, 5, "NOTE")])
    forth, back = report([first, second]), report([second, first])
    assert figure(forth, "char_alpha", AB, "NOTE") == figure(back, "char_alpha", AB, "NOTE")
    for name in ("char_alpha", "alpha_u", "mpp_f1", "mpp_label_f1"):
        assert figure(forth, name, AB).value == pytest.approx(figure(back, name, AB).value)


def test_nobody_marked_anything() -> None:
    found = report([readings("d1", ana=[], ben=[]), readings("d2", ana=[], ben=[])])
    for name in (
        "exact_f1",
        "overlap_label_f1",
        "mpp_f1",
        "mpp_precision",
        "char_f1",
        "char_iou",
        "char_alpha",
        "alpha_u",
    ):
        total = 200 if name.startswith("char") else 2
        assert figure(found, name, AB)[3:] == (None, [0, 0], total, total, None, "n/a (neither marked anything)"), name
    for name in ("exact_f1", "mpp_f1", "char_f1", "char_iou", "char_alpha", "alpha_u"):
        assert (figure(found, name).value, figure(found, name).note) == (None, "n/a (no one marked anything)"), name
    assert figure(found, "kappa_severity", AB).note == "n/a (no matched marks judged by both)"


def test_a_pair_that_marked_nothing_is_in_no_mean() -> None:
    items = [readings(f"d{n}", ana=[mark(0, 5)], ben=[mark(50, 55)]) for n in range(12)]
    items.append(readings("d12", cem=[], dan=[]))
    found = report(items)
    for name in ("exact_f1", "exact_label_f1", "overlap_f1", "mpp_f1", "char_f1", "char_iou"):
        assert (figure(found, name).value, figure(found, name).interval) == (0.0, (0.0, 0.0)), name
        assert figure(found, name, ("cem", "dan")).value is None


@pytest.mark.parametrize(
    ("items", "note", "why"),
    [
        (
            [],
            "no one has finished a document; agreement needs two annotators",
            "fewer than two annotators finished anything",
        ),
        (
            [readings("d1", ana=[mark(0, 5)])],
            "only ana has finished a document; agreement needs two annotators",
            "fewer than two annotators finished anything",
        ),
        (
            [readings("d1", ana=[mark(0, 5)]), readings("d2", ben=[mark(0, 5)])],
            "no document has been finished by two annotators",
            "no document finished by two",
        ),
    ],
)
def test_what_is_missing_is_said(items: list[Readings], note: str, why: str) -> None:
    found = report(items, gamma=True)
    assert found.notes == [note]
    assert all(row.value is None and row.interval is None for row in found.measures)
    everyone = [row for row in found.measures if row.pair is None]
    assert {row.note.partition(";")[0] for row in everyone} == {f"n/a ({why})"}
    assert figure(found, "gamma").used == 0


def test_layers_that_nobody_used_are_left_out_unless_asked_for() -> None:
    items = [readings("d1", ana=[mark(0, 5)], ben=[])]
    assert [found.layer for found in agreement(items, SCHEME)] == ["error"]
    assert [found.layer for found in agreement(items, SCHEME, layers=["entity"])] == ["entity"]
    nothing = [readings("d1", ana=[], ben=[])]
    assert [found.layer for found in agreement(nothing, SCHEME)] == ["entity", "error"]


# -- notes, attributes, evidence ---------------------------------------------------------------------------------------


def test_repeated_split_and_overlapping_marks_are_noted() -> None:
    split = annotation(TEXT, (0, 2), (8, 10), label="TERM")
    found = report([readings("d1", ana=[mark(20, 25), mark(20, 25), split], ben=[mark(20, 25), mark(22, 30, "NOTE")])])
    assert found.notes == [
        "marks made twice by the same annotator, counted once: 1",
        "marks in several fragments: 1; exact matching uses where they start and end",
        "labels overlap: over all labels, a character's value is the set of its labels",
    ]
    assert figure(found, "exact_f1", AB).n == [2, 2]


def test_few_marks_are_noted_and_many_are_not() -> None:
    many = [mark(at, at + 3) for at in range(0, 100, 10)]
    found = report([readings("d1", ana=many, ben=many), readings("d2", ana=[], ben=[])])
    assert (figure(found, "exact_f1", AB).n, figure(found, "exact_f1", AB).note) == ([10, 10], "")
    assert figure(report([readings("d1", ana=many[1:], ben=many)]), "exact_f1", AB).note == "n too small"


def test_of_all_only_few_marks_beside_the_most_active_are_few() -> None:
    many, few = [mark(at, at + 3) for at in range(0, 100, 10)], [mark(at, at + 3) for at in range(0, 50, 10)]
    found = report([readings("d1", ana=many, ben=few, cem=few, dan=[])])
    assert figure(found, "exact_f1").note == ""
    assert figure(found, "exact_f1", AB).note == figure(found, "exact_f1", BC).note == "n too small"
    two = report([readings("d1", ana=many, ben=few)])
    assert figure(two, "exact_f1").note == figure(two, "exact_f1", AB).note == "n too small"


def test_documents_with_equal_texts_are_noted() -> None:
    items = [readings(f"d{n}", ana=[mark(0, 5)], ben=[])._replace(sha256=text) for n, text in enumerate("aabcca")]
    assert report(items).notes == ["documents with the same text as another: 3; each of them counts"]
    assert report(items[2:4]).notes == []


def test_severity_of_matched_marks() -> None:
    places = [(at, at + 3) for at in range(0, 60, 10)]
    ana = [mark(*place, severity=level) for place, level in zip(places, ("minor", "major") * 3, strict=True)]
    ben = [
        mark(*place, severity=level)
        for place, level in zip(places[:5], ("minor", "major", "minor", "minor", None), strict=True)
    ]
    row = figure(report([readings("d1", ana=ana, ben=ben)]), "kappa_severity", AB)
    # minor-minor twice, major-major once, major-minor once; one without a severity, one without a partner
    assert (row.value, row.n, row.used, row.total) == (pytest.approx(0.5), 4, 4, 5)
    alpha = figure(report([readings("d1", ana=ana, ben=ben)]), "ordinal_alpha_severity", AB)
    assert alpha.value == pytest.approx(1 - 7 * 2 / (2 * 5 * 3))


def test_attributes_that_a_label_lacks_are_not_judged() -> None:
    ana = [mark(0, 5, "BARE"), mark(10, 15, "BARE"), mark(20, 25, "NOTE")]
    ben = [
        mark(0, 5, "BARE"),
        annotation(TEXT, (10, 15), label="BARE", attributes={"certain": False}),
        mark(20, 25, "BARE"),
    ]
    row = figure(report([readings("d1", ana=ana, ben=ben)]), "nominal_alpha_certain", AB)
    assert (row.used, row.total) == (2, 2)  # its default is yes


def test_shared_evidence_of_matched_marks() -> None:
    reference = document("y" * 50, uid="reference")
    other = document("z" * 50, uid="other")

    def proof(*places: tuple[int, int], of: Any = reference) -> Any:
        return evidence(of, *places)

    ana = [mark(0, 5, evidence=(proof((0, 10)),)), mark(10, 15), mark(20, 25, evidence=(proof((0, 4)),))]
    ben = [mark(0, 5, evidence=(proof((6, 12)),)), mark(10, 15), mark(20, 25, evidence=(proof((0, 4), of=other),))]
    row = figure(report([readings("d1", ana=ana, ben=ben)]), "evidence_f1", AB)
    assert (row.value, row.n, row.used, row.total) == (pytest.approx(2 * 4 / (10 + 6 + 4 + 4)), 2, 2, 2)
    ben[0] = mark(0, 5)
    row = figure(report([readings("d1", ana=ana, ben=ben)]), "evidence_f1", AB)
    assert (row.value, row.used, row.total) == (0.0, 1, 2)


def test_zero_length_marks_do_not_count_in_char_and_unit_alpha() -> None:
    found = report([readings("d1", ana=[mark(10, 10, "OMISSION")], ben=[mark(40, 40, "OMISSION")])])
    assert figure(found, "overlap_f1", AB).value == figure(found, "mpp_f1", AB).value == 1.0
    assert figure(found, "exact_f1", AB).value == 0.0
    assert figure(found, "char_alpha", AB).note == "n/a (no variation)"
    assert figure(found, "alpha_u", AB)[3:] == (0.0, [1, 1], 1, 1, None, "only places without length; n too small")
    one = report([readings("d1", ana=[mark(10, 20)], ben=[])])
    assert (figure(one, "alpha_u", AB).value, figure(one, "alpha_u", AB).note) == (0.0, "one mark in all; n too small")


# -- intervals and seeds -----------------------------------------------------------------------------------------------


def test_a_lopsided_project_has_its_values_in_its_intervals() -> None:
    items = [readings("d0", ana=[mark(at, at + 3) for at in range(0, 90, 5)], ben=[mark(0, 3)])]
    items += [readings(f"d{n}", ana=[mark(0, 9)], ben=[mark(0, 9)] if n == 1 else []) for n in range(1, 4)]
    held = [row for row in report(items).measures if row.interval]
    assert held
    assert all(row.interval[0] <= row.value <= row.interval[1] for row in held)  # type: ignore[index, operator]


def many_documents() -> list[Readings]:
    items = []
    for number in range(12):
        ana = [mark(at, at + 5, severity="minor") for at in range(0, 90, 10)]
        ben = [mark(at + number % 3, at + 5, severity="minor" if number % 4 else "major") for at in range(0, 90, 15)]
        cem = [mark(at, at + 4, "NOTE", severity="major") for at in range(0, 90, 20)]
        items.append(readings(f"d{number}", ana=ana, ben=ben, cem=cem))
    return items


def test_intervals_hold_the_value_and_come_again_with_the_seed() -> None:
    items = many_documents()
    found = report(items, seed=3)
    assert (found.seed, found.resamples, found.scheme) == (3, 200, "small@3")
    assert found == report(items, seed=3)
    assert found.measures != report(items, seed=4).measures
    held = [row for row in found.measures if row.interval is not None]
    assert len(held) > 50
    for row in held:
        assert row.value is not None
        assert row.interval[0] <= row.value <= row.interval[1]  # type: ignore[index]
    assert all(row.interval is None for row in report(items[:1]).measures)


def test_the_order_of_documents_and_marks_changes_no_value() -> None:
    items = many_documents()
    turned = [
        item._replace(by={name: Reading(r.annotations[::-1]) for name, r in reversed(item.by.items())})
        for item in reversed(items)
    ]
    one, other = report(items), report(turned)
    for before, after in zip(one.measures, other.measures, strict=True):
        assert before._replace(value=None, interval=None) == after._replace(value=None, interval=None)
        assert before.value == pytest.approx(after.value)
        assert before.interval == pytest.approx(after.interval)


def test_the_interval_narrows_with_the_documents() -> None:
    few, many = many_documents()[:3], many_documents() * 4
    widths = []
    for items in (few, many):
        low, high = figure(report(items), "mpp_f1", AB).interval or (0.0, 0.0)
        widths.append(high - low)
    assert widths[0] > widths[1] > 0


def test_gamma_is_seeded_and_only_there_when_asked_for() -> None:
    items = many_documents()[:2]
    assert all(row.measure != "gamma" for row in report(items).measures)
    one = figure(report(items, gamma=True, seed=1), "gamma")
    assert one == figure(report(items, gamma=True, seed=1), "gamma")
    assert one.value != figure(report(items, gamma=True, seed=2), "gamma").value
    assert (one.used, one.total) == (2, 2)
    assert one.value is not None
    assert one.value < 1


def test_numpy_and_scipy_are_loaded_when_something_is_compared() -> None:
    import subprocess
    import sys

    code = (
        "import sys; import app.jobs.tasks.agreement, app.cli.agreement, app.review.agreement.gamma; "
        "print({'numpy', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
