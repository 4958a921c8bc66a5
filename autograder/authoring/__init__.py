"""What authors of a unit touch: building it, what is demanded of it, its public cases and pages."""
