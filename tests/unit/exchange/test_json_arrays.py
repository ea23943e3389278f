"""JSON read element by element: where each begins and ends, whatever is in it and however the file is cut."""

import json

import msgspec
import pytest

from app.core.errors import FormatError
from app.exchange import json_arrays
from app.exchange.json_arrays import decode, elements, elements_of

VALUES = [
    {"a": 'brackets ] } in "strings" and \\ at their end\\'},
    {"a": [1, [2, {"b": "😀 é"}], "\u2028"], "c": None},
    {},
    [],
    "text, with ]",
    12.5,
    True,
    {"long": "x" * 5_000},
]


@pytest.fixture(params=[1, 7, 1024 * 1024])
def chunks(request, monkeypatch):
    monkeypatch.setattr(json_arrays, "_CHUNK", request.param)


@pytest.mark.parametrize("indent", [None, 0, 2])
@pytest.mark.parametrize("ascii", [True, False])
def test_elements_of_an_array_are_told_apart(chunks, indent, ascii, tmp_path):
    path = tmp_path / "a.json"
    text = json.dumps(VALUES, indent=indent, ensure_ascii=ascii)
    path.write_text(text, encoding="utf-8")
    found = list(elements(path))
    assert [json.loads(each.data) for each in found] == VALUES
    assert [each.number for each in found] == list(range(1, len(VALUES) + 1))
    data = text.encode()
    assert all(data[each.byte :].startswith(each.data) for each in found)
    assert [each.line for each in found] == [data.count(b"\n", 0, each.byte) + 1 for each in found]


@pytest.mark.parametrize("between", ["\n", "\r\n\r\n", " "])
def test_objects_one_after_the_other_are_told_apart(chunks, between, tmp_path):
    path = tmp_path / "a.jsonl"
    objects = [value for value in VALUES if isinstance(value, dict)]
    path.write_text(between.join(json.dumps(value, ensure_ascii=False) for value in objects) + between, "utf-8")
    assert [json.loads(each.data) for each in elements(path)] == objects


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_are_followed(encoding, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(VALUES, ensure_ascii=False), encoding)
    assert [json.loads(each.data) for each in elements(path)] == VALUES


def test_a_bad_element_keeps_the_others(chunks, tmp_path):
    path = tmp_path / "a.json"
    path.write_text('[{"a":1},\n {"b":\n tru, "c":"]}"},\n {"d":2}, nope, 3]')
    found = list(elements(path))
    assert [each.data for each in found] == [b'{"a":1}', b'{"b":\n tru, "c":"]}"}', b'{"d":2}', b"nope", b"3"]
    assert [each.line for each in found] == [1, 2, 4, 4, 4]
    with pytest.raises(FormatError, match=r"record 2: not JSON: invalid character") as caught:
        decode(found[1], msgspec.json.Decoder(), path)
    assert caught.value.line == 3
    assert found[1].in_one_line() == '{"b": tru, "c":"]}"}'


def test_a_bad_line_keeps_the_others(chunks, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a":1}\n{"b":"cut\n{"c":3}\n{"d":[1\n{"e":5}\n{"f":')
    assert [each.data for each in elements(path)] == [
        *(b'{"a":1}', b'{"b":"cut', b'{"c":3}', b'{"d":[1', b'{"e":5}', b'{"f":')
    ]


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        ("[1,\n2", "isn't closed", 2),
        ("[\n", "isn't closed", 2),
        ("[1,\n]", "comma after the last record", 2),
        ("[1,\n,2]", "comma too many", 2),
        ('[{}\n{"a":1}]', "comma is missing after record 1", 2),
        ("[1]\n[2]", "something follows the array", 2),
    ],
)
def test_what_is_wrong_between_elements_is_said(text, says, line, chunks, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(FormatError, match=says) as caught:
        list(elements(path))
    assert (caught.value.path, caught.value.line) == (path, line)


def test_a_cut_element_is_the_last(chunks, tmp_path):
    path = tmp_path / "a.json"
    path.write_text('[{"a":1},{"b":"unfinished')
    found = elements(path)
    assert [next(found).data, next(found).data] == [b'{"a":1}', b'{"b":"unfinished']
    with pytest.raises(FormatError, match="isn't closed"):
        next(found)


@pytest.mark.parametrize("text", ["", " \n", "[]", " [ ] "])
def test_a_file_without_elements(text, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(text)
    assert list(elements(path)) == []


def test_deep_nesting_ends_nothing(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("[" + "[" * 50_000 + "]" * 50_000 + ",1]")
    deep, one = elements(path)
    assert one.data == b"1"
    with pytest.raises(FormatError, match="nested too deeply|is a list"):
        decode(deep, msgspec.json.Decoder(), path)


def test_lists_for_objects_are_named(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("[[1]]")
    (one,) = elements(path)
    with pytest.raises(FormatError, match="record 1 is a list"):
        decode(one, msgspec.json.Decoder(dict), path)


@pytest.mark.parametrize(
    ("text", "is_ascii"), [('["a"]', True), ("", True), ('["é"]', False), ('["\\u00e9"]', False), ('["\\n"]', True)]
)
def test_files_of_ascii_are_known(text, is_ascii, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    assert json_arrays.is_all_ascii(path) is is_ascii


@pytest.mark.parametrize("indent", [None, 2])
def test_elements_under_a_key_are_told_apart(chunks, indent, tmp_path):
    path = tmp_path / "a.json"
    text = json.dumps({"a": [1, {"samples": [2]}], "b\n": "]", "samples": VALUES, "c": {"d": 1}}, indent=indent)
    path.write_text(text, encoding="utf-8")
    found = list(elements_of(path, "samples"))
    assert [json.loads(each.data) for each in found] == VALUES
    assert [each.line for each in found] == [text.count("\n", 0, each.byte) + 1 for each in found]
    assert list(elements_of(path, "c")) == list(elements_of(path, "e")) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[1]", "isn't an object"),
        ("", "isn't an object"),
        ('{"samples" [1]}', "a key and a value are expected"),
        ('{"samples": [1}', "a comma is missing"),
        ('{"samples": [1]', "the object isn't closed"),
        ('{"samples": [1', "the array isn't closed"),
        ('{"a": 1', "the object isn't closed"),
        ('{"a": "b', "the object isn't closed"),
        ("{", "a key and a value are expected"),
    ],
)
def test_a_broken_object_around_an_array_is_told(text, says, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=says):
        list(elements_of(path, "samples"))
