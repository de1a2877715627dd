"""What is wrong with a call."""

from __future__ import annotations

from strata._core import Error


class ArgumentError(Error, ValueError):
    """An argument of `strata.summary` that is not one that there is. torchinfo's are ValueErrors."""
