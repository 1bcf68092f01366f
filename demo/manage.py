"""Django's command line for the demo shop (Saleor 2.10.1 ships none)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo.settings")
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    execute_from_command_line()
