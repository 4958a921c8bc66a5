"""What a student's copy of this library says about the parts that the student writes."""


class NotReleasedYet(NotImplementedError):
    """This function belongs to an exercise of this unit or of a later one.

    >>> issubclass(NotReleasedYet, NotImplementedError)
    True
    """
