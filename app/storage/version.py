"""The identification of a project file in its header."""

APPLICATION_ID = 0x53544554  # "STET"
# The number of `migrations`; a test keeps the two in step. It is here so that a file can be recognised without
# importing sqlite-utils, which takes as long as starting Qt.
SCHEMA_VERSION = 14
# Files from this version on can be read as they are; of an earlier one that can't be written, an updated copy is read.
READABLE_VERSION = 13
# What `own_schema.digest` gives for the schema of each version.
SCHEMA_DIGESTS = {
    1: "f4fc2fd2fed88785977e19f75825ca53e6d5bdc218bc5f51dbd13ef4ce05560a",
    2: "bae366493e7649a5dce6e60edf3e82f3a68ccd349620bdda7413d43138ef1c6e",
    3: "c3cb6efb7161c15d0a741ffe1272bb32cd08c32d686335f4bc0c3fe8b992c0cc",
    4: "f0d7d5943525509dd4cc51a6c6f1f80314e606e80e68dc5240ea4dc76f30e43f",
    5: "1062354ecb269fbc132dbbf9cc82bb725477dbd02bac9e1ef13141aa5243a124",
    6: "abf8a2a7cf48191cc91f7bda8ecb53130cf629d85ccd7fe4b00c968170c3582b",
    7: "870386c2e913c18c138e00b47ba81e69300282d0baae1120151b55c3079a654a",
    8: "f45861027892e82cb8ebba16a092771aa8b9fad5cddad1ec4d1695f5ae18b9a2",
    9: "bd238b92c41c3c6e923ee2861586f2a1f7af68a76ca960f10d5824442a41aa06",
    10: "73bfc7495db7a10c1877796dabd0707263404ff40680d18432da6d9aa305e092",
    11: "9c654b73279a719a1740e592001047c6b93c70184ab38015ef5ac9ff53189c29",
    12: "b596f575408ca72630e5b58ef9b91f6caa26dbdaae160f563b9258d11529acce",
    13: "c2866024dbe935d6a5ebe2b9a1d25ea8d8ed7290a2b2d772a44f5eb1184dc4c8",
    14: "38364935790e2421ea34e8c784b0afd84d332c73d2e1d68a3fd5a3057e8d592a",
}
