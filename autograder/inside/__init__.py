"""What runs inside the sandbox, beside student code. Nothing here is secret, and nothing here decides.

In the sandbox this package stands alone, as `inside`, next to the masked `course_utils`.
"""
