"""Charts: horizontal bars as SVG, readable on white and on dark."""

from html import escape

WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 770, 260, 90, 18, 8, 56
COLOURS = ["#3b6fb6", "#c9772b", "#6a9a4f"]


def bars(title, unit, rows, groups):
    """`rows`: (label, value, index of its group); the longest bar fills the width."""
    most = max(value for _, value, _ in rows)
    height = TOP + len(rows) * (BAR + GAP) + 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="{escape(title)}">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="15" font-weight="600">{escape(title)}</text>',
        f'<text x="{LEFT}" y="41" fill="#555555">{escape(unit)}</text>',
    ]
    for place, (label, value, group) in enumerate(rows):
        y = TOP + place * (BAR + GAP)
        length = max(1.0, (WIDTH - LEFT - RIGHT) * value / most)
        parts += [
            f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(label)}</text>',
            f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}" fill="{COLOURS[group]}"/>',
            f'<text x="{LEFT + length + 6:.1f}" y="{y + 14}">{figure(value)}</text>',
        ]
    x = LEFT
    for group, name in enumerate(groups):
        parts += [f'<rect x="{x}" y="{height - 22}" width="12" height="12" fill="{COLOURS[group]}"/>',
                  f'<text x="{x + 18}" y="{height - 11}">{escape(name)}</text>']
        x += 40 + 8 * len(name)
    return "\n".join(parts + ["</svg>"]) + "\n"


def figure(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
