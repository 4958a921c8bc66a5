"""The checks of unit 07, second part, one exercise a file."""
