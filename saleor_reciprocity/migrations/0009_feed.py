"""The feed of events. Triggers on our own tables write them, once somebody has opened the feed."""

from __future__ import annotations

from django.db import migrations, models

from saleor_reciprocity.fields import check

# Entries come in sets, too: a past of a million orders is one call of the trigger for each set.
TELL_ENTRIES = """
CREATE FUNCTION reciprocity_tell_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM reciprocity_feed) THEN
    INSERT INTO reciprocity_event (kind, subject, told_at)
    SELECT 'points changed', id, clock_timestamp() FROM written ORDER BY id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER reciprocity_entry_is_told AFTER INSERT ON reciprocity_entry REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE PROCEDURE reciprocity_tell_entries();
"""
TELL = """
CREATE FUNCTION reciprocity_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM reciprocity_feed) THEN
    INSERT INTO reciprocity_event (kind, subject, told_at) VALUES (TG_ARGV[0], NEW.id, clock_timestamp());
  END IF;
  RETURN NULL;
END $$;
"""
# What is told of which table: after what, under which condition.
TOLD = (
    ("tier changed", "tierchange", "INSERT", "true"),
    ("redeemed", "redemption", "INSERT", "true"),
    *(
        (f"redemption {state}", "redemption", "UPDATE", f"NEW.state = '{state}' AND OLD.state <> NEW.state")
        for state in ("used", "cancelled", "expired", "done")
    ),
    ("surprise won", "draw", "INSERT", "NEW.outcome = 'won'"),
    *(
        (f"surprise {state}", "draw", "UPDATE", f"NEW.state = '{state}' AND OLD.state <> NEW.state")
        for state in ("used", "expired", "withdrawn")
    ),
    ("survey answered", "answer", "INSERT", "NEW.answered_at IS NOT NULL"),
    ("survey answered", "answer", "UPDATE", "NEW.answered_at IS NOT NULL AND OLD.answered_at IS NULL"),
)


def trigger(kind: str, table: str, after: str, condition: str) -> str:
    """The trigger that tells of rows of a table."""
    name = f"reciprocity_{kind.replace(' ', '_')}_is_told_of_{after}"  # PostgreSQL folds it
    return (
        f"CREATE TRIGGER {name} AFTER {after} ON reciprocity_{table} FOR EACH ROW WHEN ({condition}) "
        f"EXECUTE PROCEDURE reciprocity_tell('{kind}');"
    )


UNDO = """
DROP FUNCTION reciprocity_tell_entries() CASCADE;
DROP FUNCTION reciprocity_tell() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("reciprocity", "0008_open_surveys")]

    operations = [
        migrations.CreateModel(
            "Event",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("kind", models.CharField(max_length=32)),
                ("subject", models.BigIntegerField()),
                ("told_at", models.DateTimeField()),
                ("sequence", models.BigIntegerField(null=True, unique=True)),
            ],
        ),
        migrations.CreateModel(
            "Feed",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("opened_at", models.DateTimeField()),
                ("numbered", models.BigIntegerField(default=0)),
                ("gone", models.BigIntegerField(default=0)),
                ("delivered", models.BigIntegerField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, default="", max_length=200)),
            ],
        ),
        migrations.AddConstraint("feed", check("reciprocity_one_feed", models.Q(id=1))),
        migrations.AddIndex(
            "event",
            models.Index(fields=["id"], condition=models.Q(sequence=None), name="reciprocity_feed_to_number"),
        ),
        migrations.AddIndex("event", models.Index(fields=["told_at"], name="reciprocity_feed_by_time")),
        migrations.RunSQL("\n".join([TELL_ENTRIES, TELL, *(trigger(*told) for told in TOLD)]), UNDO),
    ]
