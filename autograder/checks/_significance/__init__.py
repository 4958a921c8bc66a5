"""Parts of the checks of unit 01: one module for each exercise, and how inputs are drawn."""
