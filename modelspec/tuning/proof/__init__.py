"""What of a space cannot be trained, and because of which values: `proof.prove`."""
