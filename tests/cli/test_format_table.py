"""The README's table of formats is that of the registry."""

from app import paths
from app.cli.formats import markdown
from app.exchange.registry import BUILT_IN, Registry

_BEGIN, _END = "<!-- made by: stet formats --markdown -->\n", "\n<!-- end -->"


def test_the_readme_has_the_table_of_formats() -> None:
    text = (paths.resources().parent / "README.md").read_text(encoding="utf-8")
    table = text.partition(_BEGIN)[2].partition(_END)[0]
    registry = Registry()
    assert table == markdown(registry.get(entry.name) for entry in BUILT_IN)


def test_every_format_is_on_a_page_of_the_help() -> None:
    pages = [Registry().get(entry.name).help_page for entry in BUILT_IN]  # those of one tool share a page
    assert all((paths.resources() / "help" / page).is_file() for page in pages)
