"""A small shop for tests, in the Saleor that is installed: the same names for both generations."""

from __future__ import annotations

from importlib.util import find_spec

from . import catalogue
from .catalogue import *  # noqa: F403

if find_spec("saleor.channel") is None:
    from .saleor2 import *  # noqa: F403
    from .saleor2 import __all__ as _of_this_generation
else:
    from .saleor3 import *  # noqa: F403
    from .saleor3 import __all__ as _of_this_generation

__all__ = [*catalogue.__all__, *_of_this_generation]
