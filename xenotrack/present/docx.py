"""The methods paragraph as a Word document."""

from __future__ import annotations

import datetime
import io
import zipfile

from xenotrack.errors import InputError
from xenotrack.present.story import Story
from xenotrack.present.xml_text import xml_text

# A document holds a time of making; the same results are to be the same bytes.
MADE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)


def to_docx(story: Story) -> bytes:
    """A .docx of the methods paragraphs and the works that they cite, numbered as there."""
    try:
        from docx import Document
    except ImportError as error:
        raise InputError(
            "To write a Word document, python-docx is needed. Install it with: "
            "pip install '.[office]'"
        ) from error
    document = Document()
    document.core_properties.created = document.core_properties.modified = MADE
    document.core_properties.author = document.core_properties.last_modified_by = "xenotrack"
    document.core_properties.title = document.core_properties.comments = ""
    document.add_heading(xml_text(f"{story.title}: methods"), level=1)
    for paragraph in story.methods:
        document.add_paragraph(xml_text(paragraph))
    document.add_heading("References", level=2)
    for number, work in enumerate(story.references, start=1):
        document.add_paragraph(xml_text(f"{number}. {work}"))
    made = io.BytesIO()
    document.save(made)
    return _undated(made.getvalue())


def _undated(archive: bytes) -> bytes:
    """The archive with the same time on all its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, MADE.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return made.getvalue()
