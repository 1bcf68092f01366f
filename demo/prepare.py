"""Brings the demo's database to where the story can start: migrated, and filled once with Saleor's sample catalogue."""

from __future__ import annotations

import os
import sys
from io import StringIO
from pathlib import Path

import django
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent


class Progress(StringIO):
    """Counts the migrations that Django names, and shows the count now and then."""

    applied = 0

    def write(self, text: str) -> int:
        if text.strip().startswith("Applying"):
            self.applied += 1
            if self.applied % 50 == 0:
                say(f"  {self.applied} migrations ...")
        return len(text)


def main() -> None:
    django.setup()
    from django.contrib.auth.models import Group
    from django.contrib.sites.models import Site

    from demo import settings

    say("Bringing the database up to date ...")
    progress = Progress()
    call_command("migrate", interactive=False, stdout=progress)
    if progress.applied:
        say(f"  {progress.applied} migrations done.")
    # Migrations leave a site of their own time in this cache.
    Site.objects.clear_cache()
    # Staff groups are the last that populatedb makes, so a group means that it went through.
    if not Group.objects.exists():
        say("Filling the shop with Saleor's sample catalogue ...")
        # It reads its data by a path relative to the folder that holds the package saleor.
        os.chdir(Path(sys.modules["saleor"].__file__).parent.parent)
        call_command("populatedb", createsuperuser=True, withoutimages=True, stdout=StringIO())
    from demo import past

    if not past.is_played():
        say("Living through a year with six sample customers ...")
        past.play(settings.STATE / "mail", say)
    say("Learning what is bought together ...")
    call_command("reciprocity_train", stdout=StringIO(), stderr=StringIO())


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo.settings")
    main()
