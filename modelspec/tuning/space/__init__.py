"""The space of a search: axes, and candidates that are linted before they are trained."""
