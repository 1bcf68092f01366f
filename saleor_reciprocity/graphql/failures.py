"""What a caller learns of an unforeseen error: that there was one. The log has its kind; no value is in either."""

from __future__ import annotations

import logging
from functools import wraps
from typing import Any, Callable

from graphql import GraphQLError

from saleor_reciprocity import errors, host

logger = logging.getLogger(__name__)


class InternalError(GraphQLError):
    """Something went wrong that the caller can't mend; the host shows the name of this class as the error's code."""


def discreet(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """A resolver that lets out what was written for people. Raises InternalError in place of everything else."""

    @wraps(resolve)
    def resolve_discreetly(*given: Any, **arguments: Any) -> Any:
        try:
            return resolve(*given, **arguments)
        except (GraphQLError, host.PermissionDenied):
            raise
        except Exception as error:
            logger.error("A field of the API failed.", exc_info=errors.told(error))
            raise InternalError("Something went wrong. Try again later.") from None

    return resolve_discreetly
