"""One submission: rebuilt, asked, compared with the reference."""
