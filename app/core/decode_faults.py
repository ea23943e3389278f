"""What decoding JSON or msgpack raises for data that isn't ours."""

import msgspec

# msgspec's own errors aren't all: a text in it that isn't UTF-8 raises UnicodeDecodeError, a `str` with half a
# surrogate pair UnicodeEncodeError, and what is nested too deeply RecursionError.
DECODE_FAULTS = (msgspec.MsgspecError, UnicodeError, RecursionError)
"""Everything that says that data can't be decoded. What is caught alone lets the others end as a bug."""
