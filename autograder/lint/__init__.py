"""`course lint`: what falls short of the house's rules for a unit, one line each, with the fix.

    page.py        a source notebook with its lines, and a Finding about a place in it
    everything.py  all rules on one unit, less what its source excuses
    shape.py       first, second and last cells; the length of cells
    figures.py     alt texts, and a question before each picture
    exercises.py   worked numbers, points, rubrics
    docstrings.py  every parameter is spoken of
    checks.py      misconceptions, hints, accepted versions
    margins.py     how far known mistakes are from right answers
    running.py     time, progress bars and alt texts of a notebook that runs

What a notebook must keep to be built at all is in `autograder/authoring/policies.py`; lint reports it too. The
tests demand the same rules by calling the same functions.

A cell excuses itself in its header, with a reason: `# %% lint="code-lines: one class, one thought"`.
"""
