"""Markdown: tables, numbers a person can read, and the sections of tests/bench/RESULTS.md."""

from .servers import HERE

RESULTS = HERE / "RESULTS.md"
PROFILE = HERE / "PROFILE.md"
# In the order in which they stand in the file.
SECTIONS = ["peers", "peers_tls", "peers_files", "article", "scale", "shedding", "micro", "planets"]


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join([" --- "] + [" ---: "] * (len(head) - 1)) + "|"]
    return lines + ["| " + " | ".join("" if cell is None else str(cell) for cell in row) + " |" for row in rows]


def number(value, digits=0):
    return "" if value is None else f"{value:,.{digits}f}"


def count_of_bytes(value):
    if value is None:
        return ""
    return f"{value / 2**20:.1f} MiB" if value >= 2**20 else f"{value / 1024:.0f} KiB"


def sections_of(text):
    """{name: text} of the marked parts."""
    found = {}
    for name in SECTIONS:
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
        if begin in text and end in text:
            found[name] = text.split(begin, 1)[1].split(end, 1)[0]
    return found


def file_of(name):
    return PROFILE if name == "profile" else RESULTS


def write(name, lines):
    """Replaces one section of its file; the rest stays."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    if name == "profile":
        text = PROFILE.read_text()
        before, rest = text.split(begin, 1)
        PROFILE.write_text(before + begin + "\n".join(lines) + "\n" + end + rest.split(end, 1)[1])
        return
    sections = sections_of(RESULTS.read_text()) if RESULTS.exists() else {}
    sections[name] = "\n".join(lines) + "\n"
    head = ("# Results\n\nWritten by `scripts/bench SUBCOMMAND --write`; what the figures mean and how they are taken is in\n"
            "[README.md](README.md). Every section has its own machine and date.\n\n")
    parts = [f"<!-- {section} -->\n{sections[section]}<!-- end of {section} -->\n" for section in SECTIONS if section in sections]
    RESULTS.write_text(head + "\n".join(parts))
