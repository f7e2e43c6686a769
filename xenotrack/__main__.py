"""``python -m xenotrack`` and the ``xenotrack`` script."""

from xenotrack.cli.app import main

if __name__ == "__main__":
    main()
