"""What weights start as, cost and are held to: declarations, imported when one is chosen."""
