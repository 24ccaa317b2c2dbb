"""What the person at the terminal sees while it takes minutes: one line that changes, on standard error."""

import sys
import time

STARTED = time.monotonic()


def elapsed():
    seconds = int(time.monotonic() - STARTED)
    return f"{seconds // 60}:{seconds % 60:02}"


def show(text):
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K[{elapsed()}] {text[:110]}")
        sys.stderr.flush()


def clear():
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()


def say(text):
    """A line that stays."""
    clear()
    print(f"[{elapsed()}] {text}", file=sys.stderr, flush=True)
