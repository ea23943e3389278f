"""XML of strangers."""

import io

import pytest

from app.core.errors import FormatError
from app.exchange.xml_input import DEEPEST, local_name, xml_elements, xml_root

BOMB = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def test_the_root_is_whole() -> None:
    root = xml_root(b'<a xmlns="urn:n"><!-- c --><b x="1">t</b></a>')
    assert (local_name(root), [local_name(each) for each in root]) == ("a", ["b"])
    assert root[0].text == "t"


def test_elements_are_yielded_whole_and_emptied() -> None:
    data = b"<a>" + b"".join(b"<b><c>%d</c></b>" % number for number in range(100)) + b"</a>"
    seen = []
    for element in xml_elements(io.BytesIO(data), "b"):
        seen.append(element[0].text)
    assert seen == [str(number) for number in range(100)]
    assert len(element) == 0


def test_an_element_inside_of_another_is_its_part() -> None:
    data = b"<a><b>0</b><c><b>1</b></c><b>2</b></a>"
    seen = [(each.tag, each.findtext("b"), each.text) for each in xml_elements(io.BytesIO(data), "b", "c")]
    assert seen == [("b", None, "0"), ("c", "1", None), ("b", None, "2")]


@pytest.mark.parametrize("data", [BOMB, OUTSIDE])
def test_entities_are_refused(data: bytes) -> None:
    with pytest.raises(FormatError, match="entities"):
        xml_root(data)


def test_a_dtd_that_is_only_named_is_allowed() -> None:
    assert xml_root(b'<!DOCTYPE collection SYSTEM "BioC.dtd"><collection/>').tag == "collection"


def test_deep_nesting_is_refused() -> None:
    deep = DEEPEST + 1
    with pytest.raises(FormatError, match="nested"):
        xml_root(b"<a>" * deep + b"</a>" * deep)


def test_broken_xml_has_its_line() -> None:
    with pytest.raises(FormatError, match="not XML") as caught:
        xml_root(b"<a>\n<b>\n</a>")
    assert caught.value.line == 3


@pytest.mark.parametrize("data", [b"", b"text", b'<?xml version="1.0" encoding="nonsense"?><a/>', b"\x00\xff"])
def test_what_is_not_xml_is_said(data: bytes) -> None:
    with pytest.raises(FormatError, match="not XML"):
        xml_root(data)
