"""The checks of unit 05, one exercise a file."""
