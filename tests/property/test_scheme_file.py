"""However a scheme is laid out, a fault in it is found on its own line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import SchemeError
from app.core.scheme_file import parse_scheme

# What may stand between the lines of a scheme without changing what it says.
NOISE = ("", "   ", "# a comment", '# [[layer]]  id = "x"')
noise = st.lists(st.sampled_from(NOISE), max_size=3)
# Texts that look like tables and keys.
definitions = st.sampled_from(
    [
        '"short"',
        "'''[[layer]]\nid = 1\n'''",
        '"""\n[[layer.label]]\n\nkey = "k"\n"""',
        '"""one line"""',
        '"""\\\n  x"""',
    ]
)


@st.composite
def schemes(draw: st.DrawFn) -> tuple[str, int]:
    """Draw a scheme in which one label has two letters for a key; return the source and the line of that key."""
    labels = [draw(st.integers(1, 4)) for _ in range(draw(st.integers(1, 3)))]
    layer_of_fault = draw(st.integers(0, len(labels) - 1))
    label_of_fault = draw(st.integers(0, labels[layer_of_fault] - 1))
    lines: list[str] = []

    def put(*wanted: str) -> None:
        for line in wanted:
            lines.extend(draw(noise))
            lines.extend((draw(st.sampled_from(["", "  ", "\t"])) + line).split("\n"))

    put('name = "drawn"', "version = 1", "title = 'Drawn'", f"definition = {draw(definitions)}")
    if draw(st.booleans()):
        put('tie_rules = [\n    "a",\n    "b = c",\n]')
    where = 0
    for layer, count in enumerate(labels):
        put(draw(st.sampled_from(["[[layer]]", "[[ layer ]]", "[[layer]]  # one"])), f'id = "layer{layer}"')
        for label in range(count):
            put(draw(st.sampled_from(["[[layer.label]]", "[[ layer . label ]]"])))
            fields = [f'id = "label{label}"', f"definition = {draw(definitions)}"]
            if (layer, label) == (layer_of_fault, label_of_fault):
                fields.append('key = "too long"')
            for field in draw(st.permutations(fields)):
                put(field)
                if field.startswith("key"):
                    where = len(lines)
    return "\n".join(lines), where


@given(schemes(), st.sampled_from(["\n", "\r\n"]))
def test_a_fault_is_found_on_its_line(case: tuple[str, int], line_end: str) -> None:
    source, line = case
    with pytest.raises(SchemeError, match="“too long” isn't a valid key") as caught:
        parse_scheme(source.replace("\n", line_end))
    assert caught.value.line == line


@given(schemes())
def test_without_the_fault_the_scheme_is_good(case: tuple[str, int]) -> None:
    scheme = parse_scheme(case[0].replace('key = "too long"', ""))
    assert all(label.id == f"label{at}" for layer in scheme.layers for at, label in enumerate(layer.labels))


@given(st.text(max_size=80), st.integers(0, 10**6))
def test_no_text_breaks_the_reader_but_by_its_own_error(text: str, at: int) -> None:
    good = 'name = "a"\nversion = 1\ntitle = "A"\n[[layer]]\nid = "x"\n[[layer.label]]\nid = "y"\n'
    at %= len(good)
    for source in (text, good[:at] + text + good[at:]):
        line = 1
        try:
            parse_scheme(source)
        except SchemeError as error:
            line = error.line
        assert 1 <= line <= source.count("\n") + 1
