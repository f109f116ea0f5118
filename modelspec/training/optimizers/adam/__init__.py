"""Adam and its relatives."""
