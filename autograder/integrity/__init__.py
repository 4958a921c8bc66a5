"""What in a submission is worth an instructor's look."""
