"""What a project file says of itself in its header."""

APPLICATION_ID = 0x53544554  # "STET"
# The number of steps in `migrations`; a test holds the two together. It stands here so that a file can be recognised
# without importing sqlite-utils, which takes as long as starting Qt.
SCHEMA_VERSION = 4
