"""Parts of the checks of unit 02."""
