"""A small shop for tests, in the Saleor that is installed: the same names for both generations."""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("saleor.channel") is None:
    from .saleor2 import *  # noqa: F403
    from .saleor2 import __all__
else:
    from .saleor3 import *  # noqa: F403
    from .saleor3 import __all__  # noqa: F401
