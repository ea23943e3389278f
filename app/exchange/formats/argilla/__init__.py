"""Records of Argilla; https://docs.argilla.io."""
