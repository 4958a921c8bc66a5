"""What students are given: notebook and masked library in one zip, with the proof that nothing leaks."""
