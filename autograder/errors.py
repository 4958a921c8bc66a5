"""The one error an instructor should ever read: bad input, named, with the fix."""


class CourseError(Exception):
    """Bad input. The message is one clear line that names the thing and the fix.

    >>> raise CourseError("no unit '99': the units are 01_significance")
    Traceback (most recent call last):
    ...
    autograder.errors.CourseError: no unit '99': the units are 01_significance
    """
