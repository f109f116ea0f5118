"""The page where a person tries the model."""
