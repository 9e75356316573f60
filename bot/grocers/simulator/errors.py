"""How the simulated grocer says no."""

from typing import Any


class ApiError(Exception):
    """An answer that refuses: HTTP status, a code for programs, and details."""

    def __init__(self, status: int, code: str, **details: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.details = details
