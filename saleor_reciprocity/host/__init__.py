"""The Saleor that this process runs in: one set of names, answered by the module of its generation."""

from __future__ import annotations

from importlib.util import find_spec

from .either import *  # noqa: F403

if find_spec("saleor.channel") is None:  # channels came with Saleor 3
    from .saleor2 import *  # noqa: F403
    from .saleor2 import __all__
else:
    from .saleor3 import *  # noqa: F403
    from .saleor3 import __all__  # noqa: F401
