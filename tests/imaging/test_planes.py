"""Bytes side by side become numbers in planes."""

import numpy as np
import pytest

from studio.imaging.planes import look_up


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("is_a_view", [False, True])
def test_each_channel_goes_through_its_own_table(channels: int, is_a_view: bool) -> None:
    random = np.random.default_rng(0)
    image = random.integers(0, 256, (14, 22, channels), dtype=np.uint8)
    image = image[::2, ::-1] if is_a_view else image
    tables = random.random((channels, 256), dtype=np.float32)
    batch = np.full((3, channels, *image.shape[:2]), -1, dtype=np.float32)
    look_up(image, tables, batch[1])
    for channel in range(channels):
        np.testing.assert_array_equal(batch[1, channel], tables[channel][image[..., channel]])
    assert (batch[[0, 2]] == -1).all()
