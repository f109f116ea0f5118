"""How often a prediction is right."""
