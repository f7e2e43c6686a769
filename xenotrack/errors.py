"""The failures a user can mend.

::

    XenotrackError          caught once, in ``cli/app.py``: one message, exit code 1
    ├── InputError          a file cannot be read, or a sheet cannot be understood
    │   └── MachineError    what fails is the place or the machine: the same may do another time
    ├── StudyError          the study lacks what the question needs
    │   └── RulesError      rules contradict each other
    └── FitError            a model cannot be fitted to these data

Anything else that is raised is a bug of ours and shows its traceback.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class XenotrackError(Exception):
    """A failure with three parts: what is wrong, what was seen, what to do."""


class InputError(XenotrackError):
    """A file cannot be read, or a sheet cannot be understood."""


class MachineError(InputError):
    """What is in the way is no fault of the sheet: a folder, a disk, a library that is missing.

    The same input may succeed another time.
    """


class StudyError(XenotrackError):
    """The study lacks what the question needs."""


class RulesError(StudyError):
    """Rules that contradict each other, in a study.toml or as typed."""


class FitError(XenotrackError):
    """A model cannot be fitted to these data."""


def did_you_mean(typed: str, known: Iterable[str], alike: float = 0.5) -> str:
    """The hint that ends a message about a word that nobody knows; empty where none is near.

    Capitals do not matter, and what is typed may be the beginning of the word.

    >>> did_you_mean("Growth", ["growth", "rates"]), did_you_mean("x", ["growth"])
    (" Did you mean 'growth'?", '')
    >>> did_you_mean("satter", ["kenward-roger", "satterthwaite"])
    " Did you mean 'satterthwaite'?"
    """
    by_folded = {name.casefold(): name for name in known}
    begun = [name for name in by_folded if typed and name.startswith(typed.casefold())]
    near = begun or get_close_matches(typed.casefold(), by_folded, n=1, cutoff=alike)
    return f" Did you mean {by_folded[near[0]]!r}?" if near else ""
