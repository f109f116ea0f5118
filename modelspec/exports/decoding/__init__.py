"""An output that is decoded token by token, as two files: what runs once, and what runs a token."""
