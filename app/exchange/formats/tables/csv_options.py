"""Options of tables in text files."""

from app.core.csv_table import Quoting
from app.exchange.formats.tables.table_columns import AUTO, NO, YES
from app.exchange.formats.tables.table_layout import DELIMITERS
from app.exchange.option import FormatOption, OptionKind

DELIMITER = FormatOption(
    "delimiter",
    "Delimiter",
    OptionKind.CHOICE,
    AUTO,
    (AUTO, *DELIMITERS),
    help="What is between cells. “auto” finds it out in a file that is read; one that is written has tabs if it is "
    "named .tsv, and commas if not.",
)
QUOTES = FormatOption(
    "quotes",
    "Quotation marks",
    OptionKind.CHOICE,
    AUTO,
    (AUTO, YES, NO),
    help="Whether quotation marks enclose cells, or are characters like any other; “auto” finds it out.",
)
QUOTING = {YES: Quoting.DOUBLED, NO: Quoting.NONE}
"""What the values of the option `quotes` mean; `auto` isn't among them."""
