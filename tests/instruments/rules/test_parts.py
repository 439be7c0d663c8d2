"""What may be part of what."""

import pytest

from booking.instruments.rules.parts import is_sound

# 1 is a beamline with the stations 2 and 3; 4 is the detector of 2; 5 and 6 stand alone; 7 is of 6.
LAB = {1: None, 2: 1, 3: 1, 4: 2, 5: None, 6: None, 7: 6}


@pytest.mark.parametrize(
    ("part", "whole", "sound"),
    [
        (5, 1, True),
        (5, 2, True),
        (5, 4, False),
        (5, 5, False),
        (1, 2, False),
        (1, 4, False),
        (1, 5, False),
        (2, 6, True),
        (2, 7, False),
        (6, 1, True),
        (6, 2, False),
        (0, 3, True),
        (0, 4, False),
    ],
)
def test_parts_have_three_levels_and_no_circles(part: int, whole: int, *, sound: bool) -> None:
    assert is_sound(LAB, part, whole) is sound
