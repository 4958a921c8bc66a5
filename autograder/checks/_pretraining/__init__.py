"""The checks of unit 06, first part, one exercise a file."""
