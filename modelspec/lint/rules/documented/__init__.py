"""Rules that the rooms below check while they read: documentation and examples."""
