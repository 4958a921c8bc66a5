"""The checks of unit 08, one exercise a file."""
