"""Zips that are the same bytes whenever their files are."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping


def zipped(files: Mapping[str, bytes], programs: Collection[str] = ()) -> bytes:
    """A zip of files by their names; those in `programs` can be executed once they are unpacked."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)  # dated 1980
            entry.external_attr = (0o100755 if name in programs else 0o100644) << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return content.getvalue()
