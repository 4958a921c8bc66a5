"""The checks of unit 04, one exercise a file."""
