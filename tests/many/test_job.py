"""What a job of ``run`` is: a source, its rules, a folder."""

from __future__ import annotations

import pytest

from xenotrack.many.names import folder_name


@pytest.mark.parametrize("study", ["..", "", "/", "...", "a" * 500, "\u202e", "con/../.."])
def test_a_folder_name_stays_inside_the_folder(study) -> None:
    name = folder_name(study)
    assert 0 < len(name) <= 60
    assert "/" not in name
    assert not name.startswith(".")
