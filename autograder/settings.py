"""What students see where their work belongs: one place, because release and rebuild must agree."""

CODE_STUB = {"python": 'raise NotImplementedError("write this function first")'}
TEXT_STUB = "YOUR ANSWER HERE"
