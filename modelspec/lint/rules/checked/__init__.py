"""Rules whose check is here: they look at a finished graph."""
