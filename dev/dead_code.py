"""Reports functions, methods and classes that nothing in the package uses, by vulture.

Unused variables are left alone: here they are columns, fields of the API and attributes that a framework reads.
"""

from __future__ import annotations

import sys

from vulture import Vulture

REPORTED = {"function", "method", "class", "property", "unreachable_code"}

# Called or read by a framework, by name. A name of our own has no place here: use it or delete it.
FRAMEWORK = [
    # Django
    "*Config", "ready", "Meta", "Command", "add_arguments", "handle",
    # graphene
    "Arguments", "mutate", "resolve_*", "serialize", "parse_value", "parse_literal", "batch_load",
    # Saleor's plugins
    "ReciprocityPlugin", "get_plugin_configuration", "save_plugin_configuration", "validate_plugin_configuration",
    "webhook",
]  # fmt: skip


def main() -> int:
    decorators = ["@shared_task", "@receiver", "@register", "@register.*"]
    vulture = Vulture(ignore_names=FRAMEWORK, ignore_decorators=decorators)
    vulture.scavenge(["saleor_reciprocity"], exclude=["*/migrations/*"])
    dead = [item for item in vulture.get_unused_code() if item.typ in REPORTED]
    for item in dead:
        print(item.get_report())
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
