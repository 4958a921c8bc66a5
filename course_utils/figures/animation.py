"""A figure that moves: a few frames, a slider and a play button, without a kernel and without a network.

Its first frame stands alone where there is no JavaScript, as on paper.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from html import escape

from course_utils.figures import DescribedFigure

_PAGE = """\
<div id="{id}"><img src="{first}" width="{width}" alt="{alt}" style="max-width: 100%"/><br/>
<button type="button" aria-label="play or pause">▶</button>
<input type="range" min="0" max="{last}" value="0" aria-label="step" style="width: 20em"/>
<span>1 of {count}</span></div>
<script>
(() => {{
  const box = document.getElementById("{id}");
  const [image, button, slider, text] =
    ["img", "button", "input", "span"].map((tag) => box.querySelector(tag));
  const frames = {frames}, words = {words};
  let timer = null;
  const show = (i) => {{
    slider.value = i; image.src = frames[i]; image.alt = words[i];
    text.textContent = (i + 1) + " of {count}";
  }};
  const stop = () => {{ clearInterval(timer); timer = null; button.textContent = "▶"; }};
  slider.oninput = () => {{ stop(); show(Number(slider.value)); }};
  button.onclick = () => {{
    if (timer) return stop();
    if (Number(slider.value) === {last}) show(0);
    button.textContent = "⏸";
    timer = setInterval(() => {{
      const next = Number(slider.value) + 1;
      if (next > {last}) return stop();
      show(next);
    }}, {milliseconds});
  }};
}})();
</script>"""


class Animation:
    """Frames to step through; shown by a notebook as HTML, and as its first frame elsewhere."""

    def __init__(self, frames: list[DescribedFigure], *, milliseconds: int) -> None:
        """Keep the frames, at least one."""
        self.frames = frames
        self.milliseconds = milliseconds
        self._id = f"animation-{uuid.uuid4().hex[:8]}"

    def html(self) -> str:
        """Return everything in one piece: images, buttons, and the few lines that turn the pages."""
        import json

        pictures = [self._picture(frame) for frame in self.frames]
        return _PAGE.format(
            id=self._id,
            first=pictures[0],
            alt=escape(self.frames[0].alt_text, quote=True),
            width=self.frames[0].pixels_wide,
            count=len(pictures),
            last=len(pictures) - 1,
            frames=json.dumps(pictures),
            words=json.dumps([frame.alt_text for frame in self.frames]).replace("</", "<\\/"),
            milliseconds=self.milliseconds,
        )

    def _picture(self, frame: DescribedFigure) -> str:
        return "data:image/png;base64," + base64.b64encode(frame.png()).decode("ascii")

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, object]:
        first = self.frames[0]
        return {
            "text/html": self.html(),
            "image/png": base64.b64encode(first.png()).decode("ascii"),
            "text/plain": first.alt_text,
        }


def animate(
    draw: Callable[[int], DescribedFigure], num_frames: int, *, milliseconds: int = 1200
) -> Animation:
    """Draw all frames and return the animation.

    Args:
        draw: takes the number of a frame, from 0, and returns a figure; all of one size.
        num_frames: how many, at least 1.
        milliseconds: how long each is shown when it plays.

    Raises:
        ValueError: no frames.
    """
    if num_frames < 1:
        raise ValueError(f"{num_frames} frames: an animation has at least one")
    return Animation([draw(i) for i in range(num_frames)], milliseconds=milliseconds)
