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


def test_every_format_has_a_page_of_its_own() -> None:
    pages = [Registry().get(entry.name).help_page for entry in BUILT_IN if entry.name != "text"]
    assert len(set(pages)) >= len(pages) - 1  # Label Studio's two share one
    assert all((paths.resources() / "help" / page).is_file() for page in pages)
