"""Schemes of other programs on the command line, and the guideline."""

from pathlib import Path

from tests.cli.conftest import Stet

CONFIG = '<View><Labels name="label"><Label value="A b" hotkey="u"/><Label value="B"/></Labels></View>'


def test_a_project_begins_with_a_label_configuration(stet: Stet, tmp_path: Path) -> None:
    config = tmp_path / "shop.xml"
    config.write_text(CONFIG, encoding="utf-8")
    made = stet("new", tmp_path / "a.stet", "--scheme", config)
    assert made.code == 0, made.err
    assert "with the scheme shop@1" in made.out
    assert f"{config}: “A b” has the id A_b." in made.err
    assert 'id = "A_b"' in stet("scheme", tmp_path / "a.stet").out


def test_an_applied_file_counts_up_only_where_it_differs(stet: Stet, sample: Path, tmp_path: Path) -> None:
    table = tmp_path / "ours.csv"
    table.write_text("id,title\nPERSON,Person\n", encoding="utf-8")
    assert "ours@1 is the current scheme" in stet("scheme", sample, "apply", table).out
    assert "ours@1 is the current scheme" in stet("scheme", sample, "apply", table).out
    table.write_text("id,title\nPERSON,Human\n", encoding="utf-8")
    assert "ours@2 is the current scheme" in stet("scheme", sample, "apply", table).out


def test_a_broken_file_changes_nothing_and_is_named(stet: Stet, sample: Path, tmp_path: Path) -> None:
    before = stet("scheme", sample).out
    config = tmp_path / "x.xml"
    config.write_text("<View>\n<Labels></View>", encoding="utf-8")
    done = stet("scheme", sample, "apply", config)
    assert (done.code, stet("scheme", sample).out) == (1, before)
    assert f"{config}:2: not XML: mismatched tag" in done.err
    assert "stet:" in stet("scheme", "check", config).err
    assert stet("new", tmp_path / "n.stet", "--scheme", config).code == 1
    assert not (tmp_path / "n.stet").exists()


def test_the_guideline_has_definitions_and_gold(stet: Stet, sample: Path, tmp_path: Path) -> None:
    stet("review", sample, "auto", "--as", "lead")
    for name in ("g.md", "g.html"):
        done = stet("scheme", sample, "guideline", tmp_path / name)
        assert done.code == 0, done.err
        assert "from gold" in done.out
    text = (tmp_path / "g.md").read_text(encoding="utf-8")
    assert "\n## Error (F4)\n" in text
    page = (tmp_path / "g.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "<h2>Error (F4)</h2>" in page


def test_a_guideline_is_markdown_or_html(stet: Stet, sample: Path, tmp_path: Path) -> None:
    done = stet("scheme", sample, "guideline", tmp_path / "g.docx")
    assert done.code == 2
    assert "g.docx is neither Markdown nor HTML" in done.err
    assert not list(tmp_path.glob("g.*"))
