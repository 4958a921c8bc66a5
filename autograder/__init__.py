"""What instructors run: build, release, judge, grade, report. Never shipped to students."""

import sys

# nbformat brings jsonschema, and that a grammar of URIs, parsed anew by every process for 0.7 s, which
# only its checks of formats use. Notebooks are checked without them; jsonschema goes on without it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
