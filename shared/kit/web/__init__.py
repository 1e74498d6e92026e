"""What the three web applications have in common: problems, guards, caching, remembered answers."""
