from __future__ import annotations

from math import dist, hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncd_tikz.render.paths import parallel, subpaths
from ncd_tikz.scene import CurveTo, LineTo, Move, Point, Segment
from tests.render.scenes import slide, straight


def sampled(segments: tuple[Segment, ...], count: int = 200) -> list[Point]:
    points: list[Point] = []
    for segment in segments:
        if isinstance(segment, Move):
            points.append(segment.to)
            continue
        x0, y0 = points[-1]
        if isinstance(segment, CurveTo):
            first, second = segment.first, segment.second
        else:
            first, second = (x0, y0), segment.to
        for step in range(1, count + 1):
            t = step / count
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            points.append(
                (
                    a * x0 + b * first[0] + c * second[0] + d * segment.to[0],
                    a * y0 + b * first[1] + c * second[1] + d * segment.to[1],
                )
            )
    return points


@pytest.mark.slow
@given(st.floats(-8, 8), st.floats(2, 12), st.sampled_from([0.06, -0.06, 0.1]))
def test_a_double_wire_keeps_its_distance_along_every_slide(rise: float, run: float, distance: float) -> None:
    wire = slide((0, 0), (run + 2, rise))
    middle = sampled(wire)
    for point in sampled(parallel(wire, distance), 40):
        nearest = min(dist(point, other) for other in middle)
        assert nearest == pytest.approx(abs(distance), rel=0.35)


def test_a_right_angle_is_mitred() -> None:
    corner = parallel(straight((0, 0), (2, 0), (2, 2)), 0.5)
    assert [segment.to for segment in corner] == [(0, 0.5), (1.5, 0.5), (1.5, 2)]


def test_a_sharp_turn_does_not_run_away() -> None:
    turn = parallel(straight((0, 0), (5, 0), (0, 0.01)), 0.1)
    assert all(hypot(*segment.to) < 6 for segment in turn)


def test_legs_without_length_change_nothing() -> None:
    whole = parallel((Move((0, 0)), LineTo((0, 0)), LineTo((3, 0))), 0.5)
    assert [segment.to for segment in whole] == [(0, 0.5), (0, 0.5), (3, 0.5)]
    assert parallel((Move((1, 1)),), 0.5) == (Move((1, 1.5)),)


def test_strokes_are_moved_one_by_one() -> None:
    both = (*straight((0, 0), (1, 0)), *straight((5, 5), (5, 6)))
    assert len(list(subpaths(both))) == 2
    assert [segment.to for segment in parallel(both, 1)] == [(0, 1), (1, 1), (4, 5), (4, 6)]
    assert parallel((), 1) == ()
