"""How long to train: by the clock, by steps, or whichever ends first."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class Budget:
    """So many *seconds* from the making of this, so many *steps*."""

    seconds: float = float("inf")
    steps: float = float("inf")
    _begun: float = field(default_factory=time.monotonic)

    def spent(self, step: int) -> float:
        """Return the share that is spent before *step*, from 0 on; 1 and above is the end."""
        return max((time.monotonic() - self._begun) / self.seconds, step / self.steps)
