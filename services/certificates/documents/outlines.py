"""Shapes as paths: lengths are points, `y` is measured from the top edge."""

Step = tuple[str, tuple[float, ...]]
# Steps as PDF and SVG both know them: "m" and "l" to a point, "c" a Bézier curve (two controls, end), "h" closes.
Outline = tuple[Step, ...]

# The distance of the controls at which a Bézier curve is closest to a quarter of a circle of radius 1.
ROUND = 0.5523


def line(x: float, y: float, x2: float, y2: float) -> Outline:
    return (("m", (x, y)), ("l", (x2, y2)))


def rectangle(x: float, y: float, width: float, height: float, radius: float = 0) -> Outline:
    """Clockwise from the upper left corner; corners with this radius, as far as there is room."""
    right, bottom = x + width, y + height
    r = min(radius, width / 2, height / 2)
    if not r:
        return (("m", (x, y)), ("l", (right, y)), ("l", (right, bottom)), ("l", (x, bottom)), ("h", ()))
    k = r * (1 - ROUND)
    return (
        ("m", (x + r, y)),
        ("l", (right - r, y)),
        ("c", (right - k, y, right, y + k, right, y + r)),
        ("l", (right, bottom - r)),
        ("c", (right, bottom - k, right - k, bottom, right - r, bottom)),
        ("l", (x + r, bottom)),
        ("c", (x + k, bottom, x, bottom - k, x, bottom - r)),
        ("l", (x, y + r)),
        ("c", (x, y + k, x + k, y, x + r, y)),
        ("h", ()),
    )


def circle(x: float, y: float, radius: float) -> Outline:
    """`x` and `y` are the centre."""
    return rectangle(x - radius, y - radius, 2 * radius, 2 * radius, radius)
