"""What instructors run: build, release, judge, grade, report. Never shipped to students."""
