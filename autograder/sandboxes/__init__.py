"""Where student code runs: walls, budgets, users, processes."""
