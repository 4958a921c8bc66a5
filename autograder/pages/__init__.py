"""What students get back: pages without a hidden test, harmless to show."""
