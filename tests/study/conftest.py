import pytest

from .sheets import clean_rows


@pytest.fixture
def clean():
    """Rows of a long sheet that raises no finding."""
    return clean_rows()
