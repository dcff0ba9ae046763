"""Where the tiles of a grid lie: arithmetic, so that a hundred thousand of them cost as much as ten."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tiles:
    """Equal tiles in rows from left to right; all lengths in logical pixels."""

    count: int
    width_px: int
    tile_px: int
    foot_px: int
    gap_px: int
    margin_px: int

    @property
    def columns(self) -> int:
        """How many tiles stand in a row; at least one."""
        room = self.width_px - 2 * self.margin_px + self.gap_px
        return max(1, room // (self.tile_px + self.gap_px))

    @property
    def row_height_px(self) -> int:
        """From the top of a row of tiles to the top of the next."""
        return self.tile_px + self.foot_px + self.gap_px

    @property
    def height_px(self) -> int:
        """Of everything, margins included."""
        lines = -(-self.count // self.columns)
        return 2 * self.margin_px + max(0, lines * self.row_height_px - self.gap_px)

    def _left_px(self, column: int) -> int:
        # What is left over is shared out between the columns, so that the right edge is straight as well.
        if self.columns == 1:
            return max(self.margin_px, (self.width_px - self.tile_px) // 2)
        room = self.width_px - 2 * self.margin_px - self.tile_px
        return self.margin_px + round(column * room / (self.columns - 1))

    def rect(self, row: int) -> tuple[int, int, int, int]:
        """(left, top, width, height) of a tile, foot included, before scrolling."""
        line, column = divmod(row, self.columns)
        top = self.margin_px + line * self.row_height_px
        return self._left_px(column), top, self.tile_px, self.tile_px + self.foot_px

    def at(self, x_px: int, y_px: int) -> int | None:
        """The tile at a point, or None between tiles."""
        row = self.nearest(x_px, y_px)
        if row is None:
            return None
        left, top, width, height = self.rect(row)
        return row if left <= x_px < left + width and top <= y_px < top + height else None

    def nearest(self, x_px: int, y_px: int) -> int | None:
        """The tile at or closest to a point; None only where there are none."""
        if self.count == 0:
            return None
        lines = -(-self.count // self.columns)
        line = min(max((y_px - self.margin_px) // self.row_height_px, 0), lines - 1)
        middle = x_px - self.tile_px / 2
        column = min(range(self.columns), key=lambda place: abs(self._left_px(place) - middle))
        return min(line * self.columns + column, self.count - 1)

    def between(self, top_px: int, bottom_px: int) -> range:
        """The tiles that a band from top to bottom touches."""
        first_line = max(0, (top_px - self.margin_px) // self.row_height_px)
        last_line = max(0, (bottom_px - self.margin_px) // self.row_height_px)
        return range(min(first_line * self.columns, self.count), min((last_line + 1) * self.columns, self.count))
