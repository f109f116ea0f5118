"""The trials of a study: chosen, trained side by side, the best of them again."""
