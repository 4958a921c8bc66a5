"""What students hand in: read safely, kept, and given to its student."""
