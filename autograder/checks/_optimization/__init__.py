"""The checks of unit 07, first part, one exercise a file."""
