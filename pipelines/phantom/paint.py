"""One picture of a moment, with the boxes of the instruments in it."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from surgchain.pipelines.phantom import anatomy
from surgchain.pipelines.phantom.brush import Brush
from surgchain.pipelines.phantom.instruments import paint_instrument
from surgchain.pipelines.phantom.look import HEIGHT, WIDTH, Look, camera, light, seen
from surgchain.pipelines.phantom.poses import Pose
from surgchain.pipelines.phantom.state import Point, State, point
from surgchain.pipelines.phantom.tissue import MARGIN, Picture, ground
from surgchain.schemas.boxes import Box

SMALLEST = 10.0
"""Pixels of the layout; an instrument of which less is in view is not labelled."""


@dataclass(frozen=True)
class Seen:
    """An instrument in a picture."""

    pose: Pose
    box: Box


class Painter:
    """Paints the moments of one surgery."""

    def __init__(self, look: Look, width: int, height: int) -> None:
        self.look = look
        self.width, self.height = width, height
        self.ground = ground(look)
        self.light = light(look, width, height)
        self.smoke = _smoke_cloud(look.texture_seed)

    def paint(self, state: State, poses: list[Pose], time_s: float) -> tuple[Picture, list[Seen]]:
        """Return the picture [height, width, 3] RGB and the instruments that are in it."""
        view = self._view(time_s)
        brush = Brush(self._ground_through(view), view)
        anatomy.paint_bed(brush, state)
        anatomy.paint_triangle(brush, state, self.look)
        in_bag = state.packed > 0.05  # noqa: PLR2004
        anatomy.paint_bag(brush, state, front=False)
        if state.bag_out < 0.97 or not in_bag:  # noqa: PLR2004
            anatomy.paint_gallbladder(brush, state, self.look)
        anatomy.paint_flap(brush, state, self.look)
        anatomy.paint_blood(brush, state)
        anatomy.paint_bag(brush, state, front=True)
        cv2.GaussianBlur(brush.picture, (3, 3), 0.8, dst=brush.picture)
        heads = [(p, paint_instrument(brush, p)) for p in poses]
        for pose in poses:
            self._effect(brush, pose, time_s)
        picture = cv2.multiply(brush.picture, self.light, scale=1.15 / 255)
        found = [
            Seen(p, b) for p, head in heads if (b := self._box(seen(view, head), pose=p, view=view))
        ]
        return picture, found

    def _view(self, time_s: float) -> npt.NDArray[np.float64]:
        scale = np.diag([self.width / WIDTH, self.height / HEIGHT])
        view: npt.NDArray[np.float64] = scale @ camera(self.look, time_s)
        return view

    def _ground_through(self, view: npt.NDArray[np.float64]) -> Picture:
        moved = view.copy()
        moved[:, 2] -= view[:, :2] @ [MARGIN, MARGIN]
        picture: Picture = cv2.warpAffine(
            self.ground, moved, (self.width, self.height), borderMode=cv2.BORDER_REFLECT
        )
        return picture

    def _effect(self, brush: Brush, pose: Pose, time_s: float) -> None:
        if not pose.acting:
            return
        if pose.hand.verb == "coagulate":
            brush.spot(pose.tip, 5 + 1.5 * math.sin(25 * time_s), (255, 244, 190))
            brush.spot(pose.tip, 2.5, (255, 255, 255))
            self._smoke(brush.picture, min(1.0, 0.2 + pose.acting_s / 3) * 0.45, time_s)
        elif pose.hand.verb == "irrigate":
            for spread in (-5, 0, 5):
                jet = np.array(
                    [
                        pose.tip,
                        pose.tip + point(14, 2 + spread),
                        pose.tip + point(26, 12 + 2 * spread),
                    ]
                )
                brush.line(jet, (196, 220, 240), 2)

    def _smoke(self, picture: Picture, density: float, time_s: float) -> None:
        shift = int(time_s * 24) % (self.smoke.shape[1] - WIDTH)
        cloud = self.smoke[:, shift : shift + WIDTH]
        if cloud.shape[:2] != picture.shape[:2]:
            cloud = cv2.resize(cloud, (self.width, self.height))
        cv2.addWeighted(picture, 1 - 0.35 * density, cloud, density, 0, dst=picture)

    def _box(self, head: Point, pose: Pose, view: npt.NDArray[np.float64]) -> Box | None:
        size = np.array([self.width, self.height])
        low = np.clip(head.min(axis=0), 0, size)
        high = np.clip(head.max(axis=0), 0, size)
        tip = seen(view, pose.tip[None])[0]
        smallest = SMALLEST * self.width / WIDTH
        if (tip < 0).any() or (tip > size).any() or (high - low < smallest).any():
            return None
        x1, y1, x2, y2 = (round(float(v), 4) for v in (*(low / size), *(high / size)))
        return x1, y1, x2, y2


def _smoke_cloud(seed: int) -> Picture:
    rng = np.random.default_rng(seed)
    small = rng.standard_normal((7, 16)).astype(np.float32)
    cloud = cv2.resize(small, (WIDTH * 3, HEIGHT), interpolation=cv2.INTER_CUBIC)
    grey = np.clip(118 + 70 * cloud, 0, 235).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)
