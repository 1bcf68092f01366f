"""The Saleor that this process runs in: one set of names, answered by the rooms of its generation and what both share.

A name is public if it has no underscore. A test compares the rooms of the two generations, name by name.
"""

from __future__ import annotations

from importlib.util import find_spec

from .facts import *  # noqa: F403
from .indexes import make_missing_indexes as make_missing_indexes
from .shared.catalogue import *  # noqa: F403
from .shared.checkouts import *  # noqa: F403
from .shared.codes import *  # noqa: F403
from .shared.graphql import *  # noqa: F403
from .shared.money import *  # noqa: F403
from .shared.orders import *  # noqa: F403
from .shared.people import *  # noqa: F403
from .shared.shop import *  # noqa: F403

if find_spec("saleor.channel") is None:  # channels came with Saleor 3
    from .saleor2.catalogue import *  # noqa: F403
    from .saleor2.channels import *  # noqa: F403
    from .saleor2.checkouts import *  # noqa: F403
    from .saleor2.codes import *  # noqa: F403
    from .saleor2.dashboard import *  # noqa: F403
    from .saleor2.graphql import *  # noqa: F403
    from .saleor2.orders import *  # noqa: F403
    from .saleor2.people import *  # noqa: F403
    from .saleor2.sold import *  # noqa: F403
else:
    from .saleor3.catalogue import *  # noqa: F403
    from .saleor3.channels import *  # noqa: F403
    from .saleor3.checkouts import *  # noqa: F403
    from .saleor3.codes import *  # noqa: F403
    from .saleor3.dashboard import *  # noqa: F403
    from .saleor3.graphql import *  # noqa: F403
    from .saleor3.orders import *  # noqa: F403
    from .saleor3.people import *  # noqa: F403
    from .saleor3.sold import *  # noqa: F403

from .notes import *  # noqa: F403 - what stands on the generation
