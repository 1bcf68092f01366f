"""Health: what runs, what is behind, what the books say, and what to do about it."""
