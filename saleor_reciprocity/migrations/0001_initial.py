"""All tables, with what Django can't declare: what no row may do, and what a deleted user leaves."""

from __future__ import annotations

from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import saleor_reciprocity.fields
from saleor_reciprocity.addresses import SQL_FUNCTION

# An entry is history, a plan was fixed beforehand, and an outcome was found. Only an erasure changes them, and only the
# texts that may lead to a person: never a figure.
APPEND_ONLY = """
CREATE FUNCTION reciprocity_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE texts CONSTANT text[] := ARRAY['order_id', 'reason', 'actor', 'source'];
BEGIN
  IF TG_OP = 'UPDATE' AND current_setting('reciprocity.erasing', true) = 'on'
    AND to_jsonb(OLD) - texts = to_jsonb(NEW) - texts
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'reciprocity: % is append-only; write a correcting entry instead', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER reciprocity_entry_append_only BEFORE UPDATE OR DELETE ON reciprocity_entry
  FOR EACH ROW EXECUTE PROCEDURE reciprocity_refuse_change();
CREATE TRIGGER reciprocity_plan_frozen BEFORE UPDATE OR DELETE ON reciprocity_plan
  FOR EACH ROW EXECUTE PROCEDURE reciprocity_refuse_change();
CREATE TRIGGER reciprocity_outcome_frozen BEFORE UPDATE OR DELETE ON reciprocity_outcome
  FOR EACH ROW EXECUTE PROCEDURE reciprocity_refuse_change();
"""

# A limit may be lowered below what was spent; what spends more must stay within every limit.
WITHIN_LIMITS = """
CREATE FUNCTION reciprocity_refuse_overspending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.spent > OLD.spent AND (
    NEW.spent > NEW.total OR NEW.day_spent > NEW.per_day OR NEW.month_spent > NEW.per_month
  ) THEN
    RAISE EXCEPTION 'reciprocity: the budget % does not allow this', NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reciprocity_budget_within_limits BEFORE UPDATE ON reciprocity_budget
  FOR EACH ROW EXECUTE PROCEDURE reciprocity_refuse_overspending();
"""

# What was answered stays answered. A comment may go, with the person who wrote it.
FINISHED = """
CREATE FUNCTION reciprocity_refuse_other_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.answered_at IS NOT NULL AND (NEW.score, NEW.answered_at, NEW.question, NEW.invitation_id)
    IS DISTINCT FROM (OLD.score, OLD.answered_at, OLD.question, OLD.invitation_id) THEN
    RAISE EXCEPTION 'reciprocity: the answer % is finished', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reciprocity_answer_is_finished BEFORE UPDATE ON reciprocity_answer
  FOR EACH ROW EXECUTE PROCEDURE reciprocity_refuse_other_answer();
"""

# A partial unique index would be checked row by row, so that no single UPDATE could move `serving`.
ONE_SERVES = """
ALTER TABLE reciprocity_modelversion ADD CONSTRAINT reciprocity_one_version_serves
  EXCLUDE USING btree (serving WITH =) WHERE (serving) DEFERRABLE INITIALLY IMMEDIATE;
"""
ONE_LENGTH = """
ALTER TABLE reciprocity_customerlist ADD CONSTRAINT reciprocity_lists_of_one_length CHECK (
  cardinality(product_ids) <= 50 AND cardinality(scores) = cardinality(product_ids)
  AND cardinality(reasons) = cardinality(product_ids)
  AND cardinality(because_product_ids) = cardinality(product_ids));
"""

FUNCTIONS = """
DROP FUNCTION reciprocity_refuse_change() CASCADE;
DROP FUNCTION reciprocity_refuse_overspending() CASCADE;
DROP FUNCTION reciprocity_refuse_other_answer() CASCADE;
DROP FUNCTION reciprocity_address(text) CASCADE;
"""

# What a deleted user leaves is up to the database, which misses no row, however late it was written. It goes through the
# tables in the order of these lines: the order in which we lock rows ourselves.
LEFT_BY_USERS = {
    "account": "SET NULL",
    "invitation": "SET NULL",
    "draw": "SET NULL",
    "mail": "SET NULL",
    "communicationchoice": "SET NULL",
    "customerlist": "CASCADE",
    "preference": "CASCADE",
    "listedproducts": "CASCADE",
}


def _key(model: str, action: str) -> migrations.RunSQL:
    table = f"reciprocity_{model}"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_user FOREIGN KEY (user_id) REFERENCES account_user (id)"
        f" ON DELETE {action} DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_user",
    )


def _user(
    model: str, field: type[models.ForeignKey] = models.ForeignKey, **options: Any
) -> migrations.SeparateDatabaseAndState:
    """A column for a user, whose key comes later and is the database's (LEFT_BY_USERS)."""

    def added(**more: Any) -> migrations.AddField:
        to = settings.AUTH_USER_MODEL
        by_the_database = django.db.models.deletion.DO_NOTHING
        return migrations.AddField(
            model, "user", field(to=to, on_delete=by_the_database, related_name="+", **options, **more)
        )

    return migrations.SeparateDatabaseAndState([added(db_constraint=False)], [added()])


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("email_hash", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ("available", models.BigIntegerField(default=0)),
                ("pending", models.BigIntegerField(default=0)),
                ("debt", models.BigIntegerField(default=0)),
                ("version", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("next_expiry_at", models.DateTimeField(null=True)),
                ("had_user", models.BooleanField(default=False)),
                ("user_deleted_at", models.DateTimeField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AccountTier",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(blank=True, default="", max_length=32)),
                ("since", models.DateTimeField()),
                ("falls_at", models.DateTimeField(null=True)),
                ("version", models.BigIntegerField()),
                ("look_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("csat", "Satisfaction (CSAT), 1 to 5"),
                            ("nps", "Recommendation (NPS), 0 to 10"),
                            ("ces", "Effort (CES), 1 to 7"),
                        ],
                        max_length=8,
                    ),
                ),
                ("score", models.IntegerField(null=True)),
                ("comment", models.TextField(blank=True, default="")),
                ("started_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("is_unhappy", models.BooleanField(default=False)),
                ("alert_due_at", models.DateTimeField(null=True)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("phone", "On the telephone"),
                            ("in person", "Face to face"),
                            ("written", "In a letter, a mail or a chat"),
                        ],
                        max_length=16,
                        null=True,
                    ),
                ),
                ("recorded_by", models.CharField(max_length=64, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AskedProduct",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("product_id", models.IntegerField(db_index=True)),
                ("name", models.CharField(max_length=386)),
            ],
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person", models.CharField(max_length=64)),
                ("experiment", models.CharField(max_length=32)),
                ("held_out", models.BooleanField()),
                ("share", models.DecimalField(decimal_places=4, max_digits=5)),
                ("assigned_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Budget",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=3)),
                ("per_day", models.DecimalField(decimal_places=3, max_digits=20, null=True)),
                ("per_month", models.DecimalField(decimal_places=3, max_digits=20, null=True)),
                ("total", models.DecimalField(decimal_places=3, max_digits=20, null=True)),
                ("day", models.DateField(null=True)),
                ("day_spent", models.DecimalField(decimal_places=3, default=0, max_digits=20)),
                ("month", models.DateField(null=True)),
                ("month_spent", models.DecimalField(decimal_places=3, default=0, max_digits=20)),
                ("spent", models.DecimalField(decimal_places=3, default=0, max_digits=20)),
            ],
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(db_index=True, max_length=36)),
                ("name", models.CharField(max_length=128)),
                ("is_standard", models.BooleanField(default=False)),
                ("probability", models.DecimalField(decimal_places=8, max_digits=9)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("from_order_number", models.IntegerField(default=2)),
                ("minimum_total", models.DecimalField(decimal_places=3, max_digits=20, null=True)),
                ("groups", saleor_reciprocity.fields.JSONField(default=list)),
                ("tier", models.CharField(blank=True, default="", max_length=32)),
                ("cooling_off_days", models.IntegerField(default=30)),
                ("validity_days", models.IntegerField(default=30)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("secret", models.CharField(editable=False, max_length=64)),
                ("secret_hash", models.CharField(editable=False, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="CommunicationChoice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person", models.CharField(max_length=64)),
                ("kind", models.CharField(blank=True, default="", max_length=32)),
                ("wanted", models.BooleanField()),
                ("chosen_at", models.DateTimeField()),
                ("origin", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="CustomerList",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            (
                                "again",
                                "Products that the customer has bought and may want again, the one most due first",
                            ),
                            ("new", "Products that the customer has never bought"),
                        ],
                        max_length=8,
                    ),
                ),
                ("product_ids", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("scores", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None),
                ),
                (
                    "because_product_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(null=True), size=None),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DealtWith",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("actor", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DeskApp",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.IntegerField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order_id", models.CharField(max_length=36)),
                ("order_number", models.CharField(max_length=64)),
                ("person", models.CharField(max_length=64)),
                ("address", models.CharField(blank=True, default="", max_length=64)),
                ("ticket", models.CharField(max_length=64)),
                ("choices", saleor_reciprocity.fields.JSONField(default=list)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("won", "The customer got a gift"),
                            ("no", "The draw said no"),
                            ("no budget", "The draw said yes; the budget could not pay for it"),
                            ("out of stock", "The draw said yes; every prize was gone"),
                            ("worthless", "The draw said yes; the prize would have been worth nothing"),
                            ("held out", "The customer is held out, to measure the effect"),
                            ("cancelled", "The order was cancelled before it was looked at"),
                            ("replacement", "The order replaces another"),
                            ("order number", "The campaign begins with a later order of a customer"),
                            ("order total", "The order is below the campaign's minimum"),
                            ("group", "The customer is in none of the campaign's groups"),
                            ("tier", "The customer has not reached the campaign's tier"),
                            ("cooling off", "The customer got a surprise a short time ago"),
                            ("address", "Somebody at this address got a surprise a short time ago"),
                            ("too many orders", "The customer placed too many orders on this day"),
                        ],
                        max_length=16,
                    ),
                ),
                ("cost", models.DecimalField(decimal_places=3, default=0, max_digits=20)),
                ("currency", models.CharField(max_length=3)),
                ("code", models.CharField(max_length=16, null=True, unique=True)),
                ("drawn_at", models.DateTimeField(db_index=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("seal", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("issued", "It can be used"),
                            ("used", "It was used"),
                            ("expired", "It expired unused; its money is back in the budget"),
                            ("withdrawn", "The order was cancelled; its money is back in the budget"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                ("used_by_order", models.CharField(blank=True, default="", max_length=36)),
                ("used_by_another", models.BooleanField(default=False)),
                ("noted_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="EarningRule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(db_index=True, max_length=36)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="EarningRuleVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("since", models.DateTimeField()),
                ("name", models.CharField(max_length=128)),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("order", "order"),
                            ("sign-up", "sign-up"),
                            ("survey", "survey"),
                            ("birthday", "birthday"),
                            ("staff", "staff"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "effect",
                    models.CharField(
                        choices=[
                            ("multiplier", "multiplier"),
                            ("bonus", "bonus"),
                            ("bonus per piece", "bonus per piece"),
                        ],
                        max_length=16,
                    ),
                ),
                ("value", models.DecimalField(decimal_places=4, max_digits=14)),
                (
                    "stacking",
                    models.CharField(
                        choices=[("add", "add"), ("multiply", "multiply"), ("exclusive", "exclusive")], max_length=16
                    ),
                ),
                ("priority", models.IntegerField(default=0)),
                ("conditions", saleor_reciprocity.fields.JSONField(default=dict)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("actor", models.CharField(blank=True, default="", max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pending", "Points that will become available"),
                            ("earned", "Points became available"),
                            ("bonus", "Points given for something else than an order"),
                            ("clawback", "Points taken back with the order that gave them"),
                            ("redemption", "Points exchanged for a reward"),
                            ("surprise", "Points given as a surprise"),
                            ("reversal", "Points returned from a reversed redemption"),
                            ("expired", "Points that were not used in time"),
                            ("adjustment", "Points given or taken by the shop"),
                            ("merge", "Points moved when two accounts of a person became one"),
                        ],
                        max_length=16,
                    ),
                ),
                ("points", models.BigIntegerField()),
                ("pending", models.BigIntegerField(default=0)),
                ("balance_after", models.BigIntegerField()),
                ("pending_after", models.BigIntegerField()),
                ("source", models.CharField(max_length=200, unique=True)),
                ("order_id", models.CharField(blank=True, db_index=True, default="", max_length=36)),
                ("reason", models.CharField(blank=True, default="", max_length=255)),
                ("actor", models.CharField(blank=True, default="", max_length=64)),
                ("happened_at", models.DateTimeField()),
                ("written_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="InstallationKey",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("key", models.CharField(editable=False, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order_id", models.CharField(max_length=36, unique=True)),
                ("order_number", models.CharField(max_length=64)),
                ("channel_id", models.CharField(max_length=36)),
                ("person", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=35)),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("csat", "Satisfaction (CSAT), 1 to 5"),
                            ("nps", "Recommendation (NPS), 0 to 10"),
                            ("ces", "Effort (CES), 1 to 7"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "It waits for its time"),
                            ("invited", "The message was handed over"),
                            ("no email", "The order has no e-mail address"),
                            ("no consent", "The customer did not agree to be asked, or withdrew it"),
                            ("asked recently", "The customer was asked a short time ago"),
                            ("held out", "The customer is held out, to measure the effect of asking"),
                            ("cancelled", "The order was cancelled"),
                            ("returned", "The goods, or all the money, went back"),
                            ("too late", "Its time had passed too long ago when it was looked at"),
                            ("switched off", "Surveys were switched off when its time came"),
                            ("told", "The customer told staff before being asked"),
                        ],
                        max_length=16,
                    ),
                ),
                ("due_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("invited_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="IssuedCode",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=16, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="LastCheck",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("checked_at", models.DateTimeField()),
                ("broken", saleor_reciprocity.fields.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="ListedProducts",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("listed_on", models.DateField(db_index=True)),
                ("product_ids", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order_id", models.CharField(blank=True, default="", max_length=36)),
                ("channel_id", models.CharField(blank=True, default="", max_length=36)),
                ("points", models.BigIntegerField()),
                ("remaining", models.BigIntegerField()),
                ("earned_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("qualifies", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="LotUse",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("points", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=32)),
                ("source", models.CharField(max_length=200, unique=True)),
                ("person", models.CharField(max_length=64)),
                ("is_guest", models.BooleanField(default=False)),
                ("order_id", models.CharField(blank=True, default="", max_length=36)),
                ("channel_id", models.CharField(max_length=36)),
                ("language", models.CharField(blank=True, default="", max_length=35)),
                ("context", saleor_reciprocity.fields.JSONField(default=dict)),
                ("wanted_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "It is sent when it is due"),
                            ("sending", "A worker has taken it"),
                            ("handed over", "The server is about to get it, once and never again"),
                            ("sent", "The server has accepted it"),
                            ("dropped", "It was not sent, for the reason that is given"),
                            ("failed", "The server refused it for good, or too often"),
                            ("unknown", "The connection broke; it may have arrived, so it is not sent again"),
                        ],
                        default="waiting",
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("next_at", models.DateTimeField()),
                ("attempts", models.IntegerField(default=0)),
                (
                    "route",
                    models.CharField(
                        blank=True,
                        choices=[("e-mail", "An e-mail"), ("endpoint", "A signed POST to the shop's own endpoint")],
                        default="",
                        max_length=16,
                    ),
                ),
                ("claimed_at", models.DateTimeField(null=True)),
                ("basis", models.CharField(blank=True, default="", max_length=64)),
                ("message_id", models.CharField(blank=True, default="", max_length=255)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MailPace",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(max_length=36)),
                (
                    "route",
                    models.CharField(
                        choices=[("e-mail", "An e-mail"), ("endpoint", "A signed POST to the shop's own endpoint")],
                        max_length=16,
                    ),
                ),
                ("minute", models.DateTimeField(null=True)),
                ("taken", models.IntegerField(default=0)),
                ("failures", models.IntegerField(default=0)),
                ("paused_until", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, default="", max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="ModelVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("algorithm", models.CharField(max_length=64)),
                ("people", models.IntegerField()),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("serving", models.BooleanField(default=False)),
                ("figures", saleor_reciprocity.fields.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Neighbour",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("product_id", models.IntegerField()),
                ("neighbour_id", models.IntegerField()),
                ("score", models.FloatField()),
                ("people", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("actor", models.CharField(max_length=64)),
                ("written_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OrderTerms",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order_id", models.CharField(max_length=36, unique=True)),
                ("order_number", models.CharField(max_length=64)),
                ("channel_id", models.CharField(max_length=36)),
                ("currency", models.CharField(max_length=3)),
                ("placed_at", models.DateTimeField()),
                ("verdict", models.CharField(max_length=32)),
                ("terms", saleor_reciprocity.fields.JSONField()),
                ("pending", models.BigIntegerField(default=0)),
                ("earned", models.BigIntegerField(default=0)),
                ("kept", models.BigIntegerField(default=0)),
                ("postings", models.IntegerField(default=0)),
                ("matures_at", models.DateTimeField(null=True)),
                ("buyer", models.CharField(editable=False, max_length=64, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Outcome",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("programme", "Whether those who can be surprised come back more often"),
                            ("gift", "Whether a gift brings people back"),
                            ("survey", "Whether asking drives people away"),
                        ],
                        max_length=16,
                    ),
                ),
                ("unit", models.BigIntegerField()),
                ("day", models.DateField()),
                ("held_out", models.BooleanField()),
                ("share", models.DecimalField(decimal_places=8, max_digits=9)),
                ("stratum", models.SmallIntegerField()),
                ("channel_id", models.CharField(blank=True, default="", max_length=36)),
                ("returned_after", models.SmallIntegerField(null=True)),
                ("money", models.DecimalField(decimal_places=3, default=0, max_digits=20)),
                ("treated", models.BooleanField(default=False)),
                ("frozen_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(max_length=36, unique=True)),
                ("since", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("programme", "Whether those who can be surprised come back more often"),
                            ("gift", "Whether a gift brings people back"),
                            ("survey", "Whether asking drives people away"),
                        ],
                        max_length=16,
                        unique=True,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("start", models.DateField()),
                ("evaluation", models.DateField()),
                ("share", models.DecimalField(decimal_places=8, max_digits=9)),
                ("prior_rate", models.FloatField()),
                ("planned_people", models.IntegerField()),
                ("level", models.DecimalField(decimal_places=4, max_digits=5)),
                ("currency", models.CharField(max_length=3)),
                ("cap", models.DecimalField(decimal_places=3, max_digits=20)),
                ("largest_gift", models.DecimalField(decimal_places=3, default=0, max_digits=20)),
                ("point_cost", models.DecimalField(decimal_places=8, default=0, max_digits=20)),
                ("money_mean", models.FloatField()),
                ("money_variance", models.FloatField()),
                ("method", models.SmallIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="Popularity",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(max_length=36)),
                ("category_id", models.IntegerField(null=True)),
                ("product_id", models.IntegerField()),
                ("score", models.FloatField()),
                ("people", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("category", "A category and all below it"),
                            ("collection", "A collection"),
                            ("product", "A product"),
                        ],
                        max_length=16,
                    ),
                ),
                ("object_id", models.IntegerField()),
                ("liked", models.BooleanField()),
                ("updated_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Prize",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("voucher", "A fixed amount off one order"),
                            ("percentage", "A percentage of the order that won, off the next one"),
                            ("free shipping", "Free shipping of one order"),
                            ("free product", "One piece of a product for nothing"),
                            ("gift card", "A gift card with a balance"),
                            ("points", "Bonus points"),
                        ],
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                ("value", models.DecimalField(decimal_places=3, max_digits=20)),
                ("weight", models.IntegerField(default=1)),
                ("stock", models.IntegerField(null=True)),
                ("given", models.IntegerField(default=0)),
                ("percent", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                ("points", models.BigIntegerField(null=True)),
                ("product_id", models.IntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("product_id", models.IntegerField(db_index=True)),
                ("stars", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Redemption",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=128)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("voucher", "A fixed amount off one order"),
                            ("percentage", "A percentage of the goods on the checkout that it is redeemed for"),
                            ("free shipping", "Free shipping of one order"),
                            ("free product", "One piece of a product for nothing"),
                            ("gift card", "A gift card with a balance"),
                        ],
                        max_length=16,
                    ),
                ),
                ("code", models.CharField(max_length=16, unique=True)),
                ("points", models.BigIntegerField()),
                ("value", models.DecimalField(decimal_places=3, max_digits=20)),
                ("currency", models.CharField(max_length=3)),
                ("channel_id", models.CharField(max_length=36)),
                ("created_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unused", "The code can be used"),
                            ("used", "An order was placed with the code"),
                            ("cancelled", "The code was given back and the points returned"),
                            ("expired", "The code was not used in time"),
                        ],
                        default="unused",
                        max_length=16,
                    ),
                ),
                ("expires_at", models.DateTimeField(null=True)),
                ("returns_points", models.BooleanField(default=True)),
                ("from_stock", models.BooleanField(default=False)),
                ("for_checkout", models.CharField(max_length=36, null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("used_by_order", models.CharField(blank=True, default="", max_length=36)),
                ("cancelled_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("actor", models.CharField(max_length=64)),
                ("written_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Reward",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(db_index=True, max_length=36)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("voucher", "A fixed amount off one order"),
                            ("percentage", "A percentage of the goods on the checkout that it is redeemed for"),
                            ("free shipping", "Free shipping of one order"),
                            ("free product", "One piece of a product for nothing"),
                            ("gift card", "A gift card with a balance"),
                        ],
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                ("points", models.BigIntegerField()),
                ("value", models.DecimalField(decimal_places=3, max_digits=20)),
                ("currency", models.CharField(max_length=3)),
                ("is_active", models.BooleanField(default=True)),
                ("is_standard", models.BooleanField(default=False)),
                ("least_points", models.BigIntegerField(null=True)),
                ("most_points", models.BigIntegerField(null=True)),
                ("percent", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                ("product_id", models.IntegerField(null=True)),
                ("minimum_spent", models.DecimalField(decimal_places=3, max_digits=20, null=True)),
                ("stock", models.IntegerField(null=True)),
                ("taken", models.IntegerField(default=0)),
                ("limit_per_customer", models.IntegerField(null=True)),
                ("limit_days", models.IntegerField(null=True)),
                ("starts_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("validity_days", models.IntegerField(null=True)),
                ("returns_points", models.BooleanField(default=True)),
                ("tier", models.CharField(blank=True, default="", max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="SettingsVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(max_length=36)),
                ("number", models.IntegerField()),
                ("since", models.DateTimeField()),
                ("active", models.BooleanField()),
                ("values", saleor_reciprocity.fields.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="SettledOrder",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order_id", models.CharField(max_length=36, unique=True)),
                ("fingerprint", models.CharField(blank=True, default="", max_length=32)),
                ("attempts", models.IntegerField(default=0)),
                ("error", models.TextField(blank=True, default="")),
                ("retry_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("erased", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="SweepMark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("looked_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TaskMark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100, unique=True)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("failed", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="TierLadder",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("window_days", models.IntegerField()),
                (
                    "downgrade",
                    models.CharField(
                        choices=[("at once", "at once"), ("after grace", "after grace"), ("never", "never")],
                        max_length=16,
                    ),
                ),
                ("grace_days", models.IntegerField(default=0)),
                ("actor", models.CharField(blank=True, default="", max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="TierChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("from_code", models.CharField(blank=True, default="", max_length=32)),
                ("code", models.CharField(blank=True, default="", max_length=32)),
                ("points", models.BigIntegerField()),
                ("changed_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reciprocity.Account",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Tier",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=64)),
                ("threshold", models.BigIntegerField()),
                ("multiplier", models.DecimalField(decimal_places=4, max_digits=7)),
                (
                    "ladder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tiers", to="reciprocity.TierLadder"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="settledorder",
            index=models.Index(
                condition=models.Q(retry_at__isnull=False), fields=["retry_at"], name="reciprocity_settling_again"
            ),
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=models.UniqueConstraint(
                fields=("channel_id", "number"), name="reciprocity_settings_versions_in_turn"
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_reward_has_a_price", models.Q(("points__gt", 0), ("value__gt", 0))
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=saleor_reciprocity.fields.check("reciprocity_reward_stock_counts", models.Q(taken__gte=0)),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_reward_slider_has_two_ends",
                models.Q(
                    models.Q(("least_points", None), ("most_points", None)),
                    models.Q(
                        ("kind__in", ["voucher", "gift card"]),
                        ("least_points__gt", 0),
                        ("most_points__gte", django.db.models.expressions.F("least_points")),
                    ),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.UniqueConstraint(
                condition=models.Q(is_standard=True), fields=("channel_id",), name="reciprocity_one_standard_reward"
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="answer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replies",
                to="reciprocity.Answer",
            ),
        ),
        migrations.AddField(
            model_name="redemption",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="redemptions",
                to="reciprocity.Account",
            ),
        ),
        migrations.AddField(
            model_name="redemption",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="redemption", to="reciprocity.Entry"
            ),
        ),
        migrations.AddField(
            model_name="redemption",
            name="reversal",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cancelled_redemption",
                to="reciprocity.Entry",
            ),
        ),
        migrations.AddField(
            model_name="redemption",
            name="reward",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="redemptions", to="reciprocity.Reward"
            ),
        ),
        migrations.AddField(
            model_name="rating",
            name="answer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="ratings",
                to="reciprocity.Answer",
            ),
        ),
        migrations.AddField(
            model_name="prize",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="prizes", to="reciprocity.Campaign"
            ),
        ),
        _user("preference", db_index=False),
        migrations.AddField(
            model_name="popularity",
            name="version",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="reciprocity.ModelVersion",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_plan_share", models.Q(("share__gt", 0), ("share__lt", 1))
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_plan_numbers",
                models.Q(("planned_people__gt", 0), ("prior_rate__gte", 0), ("prior_rate__lte", 1)),
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_plan_level", models.Q(("level__gt", 0), ("level__lt", 1))
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_plan_money",
                models.Q(("cap__gt", 0), ("largest_gift__gte", 0), ("money_variance__gte", 0), ("point_cost__gte", 0)),
            ),
        ),
        migrations.AddIndex(
            model_name="outcome",
            index=models.Index(fields=["question", "day"], name="reciprocity_outcomes_in_time"),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.UniqueConstraint(fields=("question", "unit"), name="reciprocity_outcome_once"),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_outcome_share", models.Q(("share__gte", 0), ("share__lte", 1))
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_outcome_stratum", models.Q(("stratum__gte", 0), ("stratum__lte", 4))
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_outcome_in_window",
                models.Q(
                    ("returned_after", None),
                    models.Q(("returned_after__gte", 0), ("returned_after__lte", 90)),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddField(
            model_name="orderterms",
            name="account",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="reciprocity.Account"
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="reciprocity.Account"
            ),
        ),
        migrations.AddField(
            model_name="neighbour",
            name="version",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="reciprocity.ModelVersion",
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_serving_is_finished",
                models.Q(("serving", False), ("finished_at__isnull", False), _connector="OR"),
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_finished_after_start",
                models.Q(
                    ("finished_at", None),
                    ("finished_at__gte", django.db.models.expressions.F("started_at")),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=saleor_reciprocity.fields.check("reciprocity_version_people", models.Q(people__gte=2)),
        ),
        migrations.AddConstraint(
            model_name="mailpace",
            constraint=models.UniqueConstraint(fields=("channel_id", "route"), name="reciprocity_one_pace"),
        ),
        _user("mail", editable=False, null=True),
        migrations.AddField(
            model_name="lotuse",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lot_uses", to="reciprocity.Entry"
            ),
        ),
        migrations.AddField(
            model_name="lotuse",
            name="lot",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="reciprocity.Lot"
            ),
        ),
        migrations.AddField(
            model_name="lot",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lots",
                to="reciprocity.Account",
            ),
        ),
        _user("listedproducts", db_index=False),
        _user("invitation", editable=False, null=True),
        migrations.AddField(
            model_name="entry",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="reciprocity.Account",
            ),
        ),
        migrations.AddField(
            model_name="earningruleversion",
            name="rule",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="reciprocity.EarningRule",
            ),
        ),
        migrations.AddField(
            model_name="draw",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="draws", to="reciprocity.Campaign"
            ),
        ),
        migrations.AddField(
            model_name="draw",
            name="entry",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reciprocity.Entry"
            ),
        ),
        migrations.AddField(
            model_name="draw",
            name="prize",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="draws", to="reciprocity.Prize"
            ),
        ),
        migrations.AddField(
            model_name="draw",
            name="reversal",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reciprocity.Entry"
            ),
        ),
        _user("draw", editable=False, null=True),
        migrations.AddField(
            model_name="dealtwith",
            name="answer",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="dealt_with", to="reciprocity.Answer"
            ),
        ),
        _user("customerlist"),
        migrations.AddField(
            model_name="customerlist",
            name="version",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="reciprocity.ModelVersion",
            ),
        ),
        _user("communicationchoice", editable=False, null=True),
        migrations.AddField(
            model_name="campaign",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="campaigns", to="reciprocity.Budget"
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_budget_not_negative",
                models.Q(("day_spent__gte", 0), ("month_spent__gte", 0), ("spent__gte", 0)),
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_budget_has_a_limit",
                models.Q(
                    ("per_day__isnull", False), ("per_month__isnull", False), ("total__isnull", False), _connector="OR"
                ),
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="repeats",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reciprocity.Assignment",
            ),
        ),
        migrations.AddField(
            model_name="askedproduct",
            name="invitation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="products",
                to="reciprocity.Invitation",
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="entry",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reciprocity.Entry"
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="invitation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="answer", to="reciprocity.Invitation"
            ),
        ),
        migrations.AddField(
            model_name="accounttier",
            name="account",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reciprocity.Account"
            ),
        ),
        migrations.AddField(
            model_name="accounttier",
            name="ladder",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reciprocity.TierLadder"
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="merged_into",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="reciprocity.Account",
            ),
        ),
        _user("account", models.OneToOneField, editable=False, null=True),
        migrations.AddIndex(
            model_name="tierchange",
            index=models.Index(fields=["account", "changed_at"], name="reciprocity_tier_changes"),
        ),
        migrations.AddConstraint(
            model_name="tierchange",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_tier_change_moves",
                models.Q(_negated=True, code=django.db.models.expressions.F("from_code")),
            ),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.UniqueConstraint(fields=("ladder", "code"), name="reciprocity_one_tier_of_a_code"),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.UniqueConstraint(
                fields=("ladder", "threshold"), name="reciprocity_one_tier_of_a_threshold"
            ),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_tier_makes_sense", models.Q(("multiplier__gte", 1), ("threshold__gt", 0))
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(fields=("answer", "digest"), name="reciprocity_reply_once"),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(
                condition=models.Q(state="unused"), fields=["expires_at"], name="reciprocity_unused_codes"
            ),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(fields=["account", "reward", "created_at"], name="reciprocity_account_rewards"),
        ),
        migrations.AddConstraint(
            model_name="redemption",
            constraint=models.UniqueConstraint(fields=("account", "key"), name="reciprocity_key_redeems_once"),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.UniqueConstraint(fields=("answer", "product_id"), name="reciprocity_product_rated_once"),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_one_to_five_stars", models.Q(("stars__gte", 1), ("stars__lte", 5))
            ),
        ),
        migrations.AddConstraint(
            model_name="prize",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_prize_is_worth_something", models.Q(("value__gt", 0), ("weight__gt", 0))
            ),
        ),
        migrations.AddConstraint(
            model_name="prize",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_prize_within_stock",
                models.Q(
                    models.Q(("given__gte", 0), ("stock", None)),
                    models.Q(("given__gte", 0), ("given__lte", django.db.models.expressions.F("stock"))),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="prize",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_prize_percent",
                models.Q(
                    models.Q(_negated=True, kind="percentage"),
                    models.Q(("percent__gt", 0), ("percent__isnull", False), ("percent__lte", 100)),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="prize",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_prize_points",
                models.Q(
                    models.Q(_negated=True, kind="points"),
                    models.Q(("points__gt", 0), ("points__isnull", False)),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="prize",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_prize_product",
                models.Q(models.Q(_negated=True, kind="free product"), ("product_id__isnull", False), _connector="OR"),
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.UniqueConstraint(fields=("user", "kind", "object_id"), name="reciprocity_one_opinion"),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_products_are_not_liked", models.Q(("kind", "product"), ("liked", True), _negated=True)
            ),
        ),
        migrations.AddConstraint(
            model_name="popularity",
            constraint=models.UniqueConstraint(
                fields=("version", "channel_id", "category_id", "product_id"), name="reciprocity_popular_in_category"
            ),
        ),
        migrations.AddConstraint(
            model_name="popularity",
            constraint=models.UniqueConstraint(
                condition=models.Q(category_id=None),
                fields=("version", "channel_id", "product_id"),
                name="reciprocity_popular_in_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="popularity",
            constraint=saleor_reciprocity.fields.check("reciprocity_popularity_people", models.Q(people__gte=2)),
        ),
        migrations.AddIndex(
            model_name="orderterms",
            index=models.Index(
                condition=models.Q(matures_at__isnull=False), fields=["matures_at"], name="reciprocity_maturing"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderterms",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_order_not_negative",
                models.Q(
                    ("earned__gte", django.db.models.expressions.F("kept")), ("kept__gte", 0), ("pending__gte", 0)
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="neighbour",
            constraint=models.UniqueConstraint(
                fields=("version", "product_id", "neighbour_id"), name="reciprocity_neighbours_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="neighbour",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_neighbour_is_another",
                models.Q(_negated=True, product_id=django.db.models.expressions.F("neighbour_id")),
            ),
        ),
        migrations.AddConstraint(
            model_name="neighbour",
            constraint=saleor_reciprocity.fields.check("reciprocity_neighbour_people", models.Q(people__gte=2)),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(state="waiting"), fields=["channel_id", "next_at"], name="reciprocity_mail_due"
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(state__in=["sending", "handed over"]),
                fields=["claimed_at"],
                name="reciprocity_mail_taken",
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(fields=["person"], name="reciprocity_mail_of_person"),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_mail_sent_when",
                models.Q(
                    models.Q(("sent_at__isnull", False), ("state", "sent")),
                    models.Q(_negated=True, state="sent"),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_mail_claimed_when",
                models.Q(
                    models.Q(("claimed_at__isnull", False), ("state__in", ["sending", "handed over"])),
                    models.Q(_negated=True, state__in=["sending", "handed over"]),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="lotuse",
            constraint=models.UniqueConstraint(fields=("entry", "lot"), name="reciprocity_one_use_of_a_lot"),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(condition=models.Q(remaining__gt=0), fields=["account"], name="reciprocity_open_lots"),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(fields=["account", "order_id"], name="reciprocity_lots_of_order"),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_lot_within_its_points",
                models.Q(("remaining__gte", 0), ("remaining__lte", django.db.models.expressions.F("points"))),
            ),
        ),
        migrations.AddConstraint(
            model_name="listedproducts",
            constraint=models.UniqueConstraint(fields=("user", "listed_on"), name="reciprocity_listed_once"),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(state="waiting"), fields=["due_at"], name="reciprocity_invitations_due"
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["person"], name="reciprocity_invited_person"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_invited_at_a_time",
                models.Q(
                    models.Q(("invited_at__isnull", False), ("state", "invited")),
                    models.Q(models.Q(_negated=True, state="invited"), ("invited_at", None)),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("account", "version"), name="reciprocity_entry_gapless"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_entry_says_something", models.Q(("pending", 0), ("points", 0), _negated=True)
            ),
        ),
        migrations.AddConstraint(
            model_name="earningruleversion",
            constraint=models.UniqueConstraint(fields=("rule", "number"), name="reciprocity_rule_versions_in_turn"),
        ),
        migrations.AddIndex(
            model_name="draw",
            index=models.Index(fields=["person", "drawn_at"], name="reciprocity_draws_of_person"),
        ),
        migrations.AddIndex(
            model_name="draw",
            index=models.Index(
                condition=models.Q(outcome="won"), fields=["address", "drawn_at"], name="reciprocity_wins_at_address"
            ),
        ),
        migrations.AddIndex(
            model_name="draw",
            index=models.Index(condition=models.Q(state="issued"), fields=["expires_at"], name="reciprocity_gifts_out"),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=models.UniqueConstraint(fields=("order_id", "campaign"), name="reciprocity_one_draw"),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_gift_of_a_win",
                models.Q(
                    models.Q(
                        ("cost__gt", 0), ("outcome", "won"), ("prize__isnull", False), models.Q(_negated=True, state="")
                    ),
                    models.Q(models.Q(_negated=True, outcome="won"), ("cost", 0), ("state", "")),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="customerlist",
            constraint=models.UniqueConstraint(fields=("version", "user", "kind"), name="reciprocity_one_list_a_kind"),
        ),
        migrations.AddIndex(
            model_name="communicationchoice",
            index=models.Index(fields=["person", "kind", "-id"], name="reciprocity_choices_of_person"),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_campaign_probability", models.Q(("probability__gte", 0), ("probability__lte", 1))
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_campaign_ends_later",
                models.Q(
                    ("ends_at", None), ("ends_at__gte", django.db.models.expressions.F("starts_at")), _connector="OR"
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_campaign_numbers",
                models.Q(("cooling_off_days__gte", 0), ("from_order_number__gte", 1), ("validity_days__gte", 1)),
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_at", None), ("is_standard", True)),
                fields=("channel_id",),
                name="reciprocity_one_standard_campaign",
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["experiment", "assigned_at"], name="reciprocity_assigned_in_time"),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(fields=("person", "experiment"), name="reciprocity_assigned_once"),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_share_of_people", models.Q(("share__gte", 0), ("share__lte", 1))
            ),
        ),
        migrations.AddConstraint(
            model_name="askedproduct",
            constraint=models.UniqueConstraint(
                fields=("invitation", "product_id"), name="reciprocity_asked_product_once"
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(fields=["answered_at", "id"], name="reciprocity_answers_in_time"),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                condition=models.Q(alert_due_at__isnull=False), fields=["alert_due_at"], name="reciprocity_alerts_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_answer_on_its_scale",
                models.Q(
                    models.Q(("answered_at", None), ("score", None)),
                    models.Q(("question", "csat"), ("score__gte", 1), ("score__lte", 5)),
                    models.Q(("question", "nps"), ("score__gte", 0), ("score__lte", 10)),
                    models.Q(("question", "ces"), ("score__gte", 1), ("score__lte", 7)),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_points_for_an_answer",
                models.Q(("entry", None), ("answered_at__isnull", False), _connector="OR"),
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(next_expiry_at__isnull=False),
                fields=["next_expiry_at"],
                name="reciprocity_next_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("had_user", True), ("user", None)), fields=["id"], name="reciprocity_left_by_users"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_account_not_negative",
                models.Q(("available__gte", 0), ("debt__gte", 0), ("pending__gte", 0)),
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_account_no_points_in_debt", models.Q(("available", 0), ("debt", 0), _connector="OR")
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_account_merged_is_empty",
                models.Q(
                    ("merged_into", None),
                    models.Q(("available", 0), ("debt", 0), ("email_hash", None), ("pending", 0), ("user", None)),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_account_erased_is_nobodys",
                models.Q(("erased_at", None), models.Q(("email_hash", None), ("user", None)), _connector="OR"),
            ),
        ),
        *(_key(model, action) for model, action in LEFT_BY_USERS.items()),
        migrations.RunSQL(ONE_SERVES, migrations.RunSQL.noop),
        migrations.RunSQL(ONE_LENGTH, migrations.RunSQL.noop),
        migrations.RunSQL(SQL_FUNCTION, FUNCTIONS),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(WITHIN_LIMITS, migrations.RunSQL.noop),
        migrations.RunSQL(FINISHED, migrations.RunSQL.noop),
    ]
