"""Clusters of places against the plain rule: every pair compared by the haversine formula."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.work.splits.places import EARTH_RADIUS_M, cluster_places


def plain_clusters(north: list[float], east: list[float], distance_m: float) -> set[frozenset[int]]:
    lat, lon = np.radians(north), np.radians(east)
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half = half + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    is_near = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0, 1))) <= distance_m
    clusters: list[set[int]] = []
    for place in range(len(north)):
        touching = [cluster for cluster in clusters if is_near[place, list(cluster)].any()]
        clusters = [cluster for cluster in clusters if cluster not in touching] + [{place}.union(*touching)]
    return {frozenset(cluster) for cluster in clusters}


def clusters(north: list[float], east: list[float], distance_m: float) -> set[frozenset[int]]:
    labels = cluster_places(np.array(north, float), np.array(east, float), distance_m)
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist())}


WIDE = st.tuples(st.floats(-90, 90), st.floats(-180, 360))
# Around the date line, the poles, and Greenwich, where degrees jump or mean little.
CLOSE = st.tuples(
    st.sampled_from([(0, 180), (89.99, 0), (-89.99, 77), (51, 0)]), st.floats(-0.02, 0.02), st.floats(-0.02, 0.02)
).map(lambda item: (float(np.clip(item[0][0] + item[1], -90, 90)), item[0][1] + item[2] * 40 ** (abs(item[0][0]) > 80)))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(WIDE, CLOSE), min_size=1, max_size=60), st.sampled_from([1.0, 300.0, 1500.0, 40_000.0, 3e6, 3e7])
)
def test_they_are_what_comparing_all_pairs_gives(places: list[tuple[float, float]], distance_m: float) -> None:
    north, east = [place[0] for place in places], [place[1] for place in places]
    assert clusters(north, east, distance_m) == plain_clusters(north, east, distance_m)


def test_dense_places_too() -> None:
    rng = np.random.default_rng(1)
    for distance_m in (20, 60, 150, 600):
        north, east = 48 + rng.normal(0, 0.003, 400), 11 + rng.normal(0, 0.003, 400)
        north[200:] += 0.02
        assert clusters(north, east, distance_m) == plain_clusters(north, east, distance_m)


@pytest.mark.parametrize(
    ("one", "other", "apart_m"),
    [
        ((0.0, 179.9995), (0.0, -179.9995), 111.2),  # the date line: a thousandth of a degree
        ((90.0, 0.0), (90.0, 123.0), 0.001),  # the pole has every longitude
        ((89.999, 0.0), (89.999, 180.0), 222.4),
        ((10.0, 350.0), (10.0, -10.0), 0.001),
        ((48.1371, 11.5754), (52.52, 13.405), 504_000.0),  # Munich and Berlin
    ],
)
def test_known_distances(one: tuple[float, float], other: tuple[float, float], apart_m: float) -> None:
    north, east = [one[0], other[0]], [one[1], other[1]]
    assert len(clusters(north, east, max(1.0, apart_m * 1.01))) == 1
    if apart_m > 1:
        assert len(clusters(north, east, apart_m * 0.99)) == 2


def test_a_chain_is_one_place_until_a_link_is_missing() -> None:
    north = [i * 0.0005 for i in range(1000)]  # a step is 55.6 m
    assert len(clusters(north, [0.0] * 1000, 56)) == 1
    del north[500]
    assert len(clusters(north, [0.0] * 999, 56)) == 2


def test_a_hundred_thousand_places_take_seconds() -> None:
    rng = np.random.default_rng(0)
    towns = rng.uniform(-60, 60, (300, 2))[rng.integers(0, 300, 100_000)]
    north, east = (towns + rng.normal(0, 0.02, (100_000, 2))).T
    two = np.where(np.arange(100_000) < 50_000, 10.0, 10.001) + rng.uniform(0, 1e-4, 100_000)
    began = time.process_time()
    assert len(set(cluster_places(north, east, 1000).tolist())) > 100
    assert len(set(cluster_places(two, np.zeros(100_000), 99).tolist())) == 2  # two crowds just too far apart
    assert time.process_time() - began < 20  # 1 s on one core of 2024
