"""A language server: what modelspec knows of a spec, in an editor, while it is typed."""
