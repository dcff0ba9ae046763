"""The four kinds of the sample: nut, washer, screw and gear, each in several makes."""

import numpy as np

from studio.work.sample.relief import Grow, Plane, Relief, discs, polygon, ring, slope

CENTRE = {"centre": (0.0, 0.0)}


def nut(u: Plane, v: Plane, rng: np.random.Generator) -> Relief:
    """Six sides (seldom four), corners turned off, a threaded hole; some with a flange or a nylon ring."""
    radius = np.hypot(u, v)
    make = rng.choice(["plain", "flange", "nylon", "square"], p=[0.6, 0.17, 0.15, 0.08])
    sides = 4 if make == "square" else 6
    corner = 0.76 if make == "flange" else 1.0
    apothem = corner * np.cos(np.pi / sides)
    body = polygon(u, v, sides, float(apothem))
    rise = rng.uniform(0.1, 0.2)
    height = slope(body, 0.05, rise)
    height -= np.clip(radius - apothem * rng.uniform(0.93, 1.0), 0, 1) * rng.uniform(0.5, 0.9)  # the chamfer's cone
    outline = body
    if make == "flange":
        outline = np.maximum(body, 1 - radius)
        skirt = 0.5 * (1 - radius) * rise
        height = np.where(body > 0, height + rise, skirt)
    hole = float(apothem * rng.uniform(0.46, 0.64))
    minor = hole * rng.uniform(0.82, 0.88)
    accent = None
    if make == "nylon":
        collar = ring(radius, minor, hole * 1.28)
        accent = (collar > 0).astype(np.float32)
        height = np.where(collar > 0, 0.6 * rise + slope(collar, 0.12, 0.12), height)
    else:
        turns = (hole - radius) / (hole - minor)  # 0 at the mouth, 1 at the thread's inner edge
        angle = np.arctan2(v, u) / (2 * np.pi)
        thread = rise - 0.3 * turns + 0.05 * np.sin(2 * np.pi * (2.5 * turns + angle))
        height = np.where(turns > 0, thread, height - np.clip(hole * 1.1 - radius, 0, 1) * 0.7)
    inside = np.minimum(outline, radius - minor)
    return Relief(inside, height.astype(np.float32), rng.uniform(0.35, 0.7), accent, CENTRE)


def washer(u: Plane, v: Plane, rng: np.random.Generator) -> Relief:
    """A flat ring; some are split springs, toothed inside or outside, dished, or square plates."""
    radius = np.hypot(u, v)
    make = rng.choice(
        ["plain", "spring", "inner_teeth", "outer_teeth", "dished", "square"], p=[0.57, 0.15, 0.06, 0.05, 0.11, 0.06]
    )
    hole = float(rng.uniform(0.3, 0.62))
    thickness = rng.uniform(0.06, 0.16)
    if make == "square":
        plate = polygon(u, v, 4, 0.72)
        inside = np.minimum(np.minimum(plate, 0.97 - radius), radius - hole * 0.72)
        return Relief(inside, slope(inside, 0.05, 0.05), thickness, None, CENTRE)
    inside = ring(radius, hole, 1.0)
    angle = np.arctan2(v, u)
    if make == "spring":
        hole = float(rng.uniform(0.56, 0.68))
        inside = np.minimum(
            ring(radius, hole, 1.0), np.abs(angle + 0.7 * (radius - 0.8)) * radius - rng.uniform(0.03, 0.07)
        )
        height = slope(inside, 0.09, 0.09) + (angle + np.float32(np.pi)) * 0.03
        return Relief(inside, height.astype(np.float32), rng.uniform(0.2, 0.32), None, CENTRE)
    if "teeth" in make:
        teeth = int(rng.integers(8, 15))
        wave = np.clip(1.6 * np.cos(angle * teeth), -1, 1)
        if make == "inner_teeth":
            hole = float(rng.uniform(0.5, 0.62))
            inside = ring(radius, 0, 1.0)
            inside = np.minimum(inside, (radius - hole + 0.13 * wave))
        else:
            hole = float(rng.uniform(0.42, 0.55))
            inside = np.minimum(radius - hole, 0.9 + 0.1 * wave - radius)
        twist = 0.05 * np.sin(angle * teeth + 0.8) * np.abs(wave)
        height = slope(inside, 0.05, 0.05) + twist
        return Relief(inside, height.astype(np.float32), thickness, None, CENTRE)
    height = slope(inside, rng.uniform(0.04, 0.1), 0.05)
    if make == "dished":
        height = height + (1 - radius) * rng.uniform(0.25, 0.5)
    return Relief(inside, height.astype(np.float32), thickness, None, CENTRE, round_grain=bool(rng.random() < 0.6))


def screw(u: Plane, v: Plane, rng: np.random.Generator) -> Relief:
    """Lying on its side, head at u = -1, tip at u = 1; five heads, two tips, thread over a part or all of it."""
    head = rng.choice(["pan", "countersunk", "hexagon", "cap", "flange"], p=[0.28, 0.24, 0.2, 0.18, 0.1])
    pointed = rng.random() < (0.7 if head in ("pan", "countersunk") else 0.2)
    shank = float(rng.uniform(0.12, 0.22))
    head_radius = shank * float(rng.uniform(1.75, 2.2))
    head_length = (
        head_radius * {"pan": 0.75, "countersunk": 0.95, "hexagon": 0.75, "cap": 1.1, "flange": 1.0}[str(head)]
    )
    neck = -1 + head_length
    along = np.clip((u + 1) / head_length, 0, 1)
    if head == "pan":
        profile = head_radius * np.sqrt(np.clip(1 - (1 - along) ** 2, 0, 1)) * (1 - 0.08 * along)
    elif head == "countersunk":
        profile = np.minimum(
            head_radius * (0.9 + 2 * along), head_radius + (shank - head_radius) * (along - 0.12) / 0.88
        )
    elif head == "flange":
        profile = np.where(along < 0.65, 0.68 * head_radius, head_radius * (0.75 + along * 0.25))
    else:
        profile = head_radius * np.minimum(1, 0.86 + along * 1.6)
    tip_length = shank * (rng.uniform(2.2, 3.4) if pointed else rng.uniform(0.25, 0.5))
    taper = np.clip((1 - u) / tip_length, 0, 1) if pointed else 0.72 + 0.28 * np.clip((1 - u) / tip_length, 0, 1)
    pitch = shank * float(rng.uniform(0.5, 0.95) if pointed else rng.uniform(0.34, 0.55))
    start = neck + float(rng.choice([0.02, rng.uniform(0.15, 0.7)]))
    threaded = np.clip((u - start) * 12, 0, 1)
    saw = np.abs(((u + v * (0.25 * pitch / shank)) / pitch) % 1 - 0.5) * 2
    depth = 0.3 if pointed else 0.16
    bare = 1 - depth * 0.5 * (1 - threaded) * rng.integers(0, 2)
    body = shank * taper * (bare - depth * threaded * (1 - saw))
    is_head = u < neck
    reach = np.where(is_head, profile, body)
    inside = np.minimum(np.minimum(reach - np.abs(v), u + 1), 1 - u)
    height = np.sqrt(np.clip(reach * reach - v * v, 0, None))
    if head in ("hexagon", "flange"):
        facet = np.minimum(0.866 * head_radius, 1.75 * (head_radius - np.abs(v))) * (0.68 if head == "flange" else 1)
        height = np.where(is_head & ((head == "hexagon") | (along < 0.65)), np.clip(facet, 0, None), height)
    if head == "cap":
        knurl = 0.04 * head_radius * np.sin(np.arcsin(np.clip(v / head_radius, -1, 1)) * 26)
        height = np.where(is_head & (along > 0.12), height + knurl, height)
    points = {"head": (-1.0, 0.0), "neck": (neck, 0.0), "tip": (1.0, 0.0)}
    return Relief(inside.astype(np.float32), height.astype(np.float32), head_radius * 0.9, None, points)


def gear(u: Plane, v: Plane, rng: np.random.Generator) -> Relief:
    """A spur gear: teeth, a bore (round, keyed or flattened), often a recessed web with holes or spokes, and a hub."""
    radius = np.hypot(u, v)
    angle = np.arctan2(v, u)
    teeth = int(rng.integers(9, 27))
    depth = float(np.clip(3.4 / teeth, 0.11, 0.24)) * rng.uniform(0.85, 1.1)
    wave = np.clip(np.cos(angle * teeth) * rng.uniform(1.4, 2.2) + rng.uniform(-0.2, 0.2), -1, 1)
    rim = 1 - depth
    outline = rim + depth * (0.5 + 0.5 * wave) - radius
    bore = float(rng.uniform(0.11, 0.26))
    hub = bore + float(rng.uniform(0.1, 0.18))
    web_edge = rim - float(rng.uniform(0.1, 0.16))
    bored = radius - bore
    how = rng.choice(["round", "keyed", "flattened"], p=[0.45, 0.4, 0.15])
    if how == "keyed":
        bored = np.minimum(bored, np.maximum(np.abs(v) - bore * 0.32, np.abs(u - bore) - bore * 0.45))
    elif how == "flattened":
        bored = np.maximum(bored, u - bore * 0.65)
    inside = np.minimum(outline, bored)
    height = slope(inside, 0.04, 0.05)
    web = ring(radius, hub, web_edge)
    style = rng.choice(["solid", "web", "holes", "spokes"], p=[0.25, 0.25, 0.28, 0.22])
    if web_edge - hub < 0.16:
        style = "solid"
    if style != "solid":
        height = height - slope(web, 0.07, rng.uniform(0.1, 0.2))
    count = int(rng.integers(3, 7))
    if style == "holes":
        inside = np.minimum(
            inside,
            discs(u, v, count, (hub + web_edge) / 2, (web_edge - hub) * rng.uniform(0.28, 0.4), rng.uniform(0, 6)),
        )
    elif style == "spokes":
        arm = np.abs((((angle + rng.uniform(0, 6)) * count / (2 * np.pi)) % 1 - 0.5) * (2 * np.pi / count)) * radius
        window = np.minimum(web - 0.03, arm - rng.uniform(0.06, 0.11))
        inside = np.minimum(inside, -window)
    if rng.random() < 0.5:
        height = height + np.where(
            radius < hub, slope(np.asarray(hub - radius, np.float32), 0.04, rng.uniform(0.05, 0.18)), 0
        )
    return Relief(
        inside.astype(np.float32),
        height.astype(np.float32),
        rng.uniform(0.14, 0.4),
        None,
        CENTRE,
        round_grain=bool(rng.random() < 0.5),
    )


THINGS: dict[str, Grow] = {"nut": nut, "washer": washer, "screw": screw, "gear": gear}
"""How each kind of the sample is drawn."""
