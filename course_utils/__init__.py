"""What the notebooks import: references, data loaders, figures, the self-check."""

__version__ = "0.1.0"
