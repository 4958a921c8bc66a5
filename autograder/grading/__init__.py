"""A whole class: many submissions judged at once, one process that writes."""
