"""The failures a user can mend.

::

    XenotrackError          caught once, in ``cli/app.py``: one message, exit code 1
    ├── InputError          a file cannot be read, or a sheet cannot be understood
    ├── StudyError          the study lacks what the question needs
    └── FitError            a model cannot be fitted to these data

Anything else that is raised is a bug of ours and shows its traceback.
"""


class XenotrackError(Exception):
    """A failure with three parts: what is wrong, what was seen, what to do."""


class InputError(XenotrackError):
    """A file cannot be read, or a sheet cannot be understood."""


class StudyError(XenotrackError):
    """The study lacks what the question needs."""


class FitError(XenotrackError):
    """A model cannot be fitted to these data."""
