"""The identification of a project file in its header."""

APPLICATION_ID = 0x53544554  # "STET"
# The number of `migrations`; a test keeps the two in step. It is here so that a file can be recognised without
# importing sqlite-utils, which takes as long as starting Qt.
SCHEMA_VERSION = 6
# Files from this version on can be read as they are: all that they lack is the present word index.
READABLE_VERSION = 5
# What `own_schema.digest` gives for the schema of each version.
SCHEMA_DIGESTS = {
    1: "1b9a2bab84bf275843953fb33899f486e1cc038a88fb2fd5d62f5428598f4a5a",
    2: "b1bcf8a9014833f210271773e4d6d72edc68faec03090a84acf3cd80de5f532a",
    3: "d9adbdc03eb0ed3cfd70ce4f51aed5879695b4abaf7bd8c524aaba835c531c35",
    4: "672ef412be36f5994948992585f591ae523c4f6c00b01d60435a73cf656a3d54",
    5: "80bf2a911b5ea353e38f8b885ebae6a31ae344a0c4800b8030ec37c5d46d1d4f",
    6: "a26ca0fd11c582a33416f940fc0e51412eb4046f9e0e2c88abe0272e9945c17f",
}
