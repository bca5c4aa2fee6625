"""The command line: rnnlib train | sample | evaluate | plot; python -m rnnlib is the same."""

import sys


def main(argv=None):
    """Run the command line and return its exit code."""
    try:
        from .commands import run  # in here, so that Ctrl-C while all that loads is as quiet as later

        return run(argv)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
