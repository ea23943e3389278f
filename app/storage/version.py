"""The identification of a project file in its header."""

APPLICATION_ID = 0x53544554  # "STET"
# The number of `migrations`; a test keeps the two in step. It is here so that a file can be recognised without
# importing sqlite-utils, which takes as long as starting Qt.
SCHEMA_VERSION = 5
