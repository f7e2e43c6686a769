"""The methods paragraph as a Word document."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document

from xenotrack.present import docx
from xenotrack.present.docx import to_docx

from .story import told, written_run


def test_it_holds_the_methods_and_the_works_numbered_as_there():
    story = told(methods=("Volume = ½ · L · W² [1].", "Arm \x00 <A> & B."))
    found = [each.text for each in Document(io.BytesIO(to_docx(story))).paragraphs]
    assert found[0] == "A study: methods"
    assert found[1:3] == ["Volume = ½ · L · W² [1].", "Arm \ufffd <A> & B."]
    assert found[-1].startswith("1. Gao H.")


def test_the_same_story_is_the_same_bytes(monkeypatch):
    first = to_docx(told())
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert to_docx(told()) == first


def test_report_writes_it_beside_the_page(ask, tmp_path):
    sample = Path(__file__).parents[2] / "sample_data" / "two_arm.csv"
    folder = written_run(sample, tmp_path / "out")
    ask("report", folder, "--docx")
    assert (folder / "methods.docx").read_bytes().startswith(b"PK")
    assert not (folder / "methods.docx").read_bytes().startswith(b"PK\x05")


def test_without_the_library_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    with pytest.raises(docx.InputError, match=r"pip install '\.\[office\]'"):
        to_docx(told())
