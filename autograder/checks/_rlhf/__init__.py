"""The checks of unit 06, second part, one exercise a file."""
