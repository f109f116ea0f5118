"""What a study leaves behind, read from its directory."""
