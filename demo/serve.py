"""The demo's server: Saleor behind waitress, with the plugin's work for later in a thread beside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import Thread

LOOK_EVERY = 2  # seconds; a shop has more time


def main(listen: str) -> None:
    import waitress
    from django.core.management import call_command
    from saleor.wsgi import application

    Thread(target=call_command, args=["reciprocity_work", "--pause", str(LOOK_EVERY)], daemon=True).start()
    waitress.serve(application, listen=listen)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo.settings")
    main(sys.argv[1])
