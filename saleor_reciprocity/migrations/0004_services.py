"""What the shop's people do for points: services, the codes that a shop brings for them, and who closed one."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from saleor_reciprocity.fields import check

KINDS = [
    ("voucher", "A fixed amount off one order"),
    ("percentage", "A percentage of the goods on the checkout that it is redeemed for"),
    ("free shipping", "Free shipping of one order"),
    ("free product", "One piece of a product for nothing"),
    ("gift card", "A gift card with a balance"),
    ("service", "Something that the shop's people do, hand over or send a code of"),
]
STATES = [
    ("unused", "The code can be used"),
    ("used", "An order was placed with the code"),
    ("cancelled", "The exchange was undone and the points returned"),
    ("expired", "The code was not used in time"),
    ("open", "The shop has yet to do it"),
    ("done", "The shop has done it"),
]


class Migration(migrations.Migration):
    dependencies = [("reciprocity", "0003_margin")]

    operations = [
        migrations.AlterField("reward", "kind", models.CharField(choices=KINDS, max_length=16)),
        migrations.AddField("reward", "text", models.TextField(blank=True, default="")),
        migrations.AddField("reward", "codes_left", models.IntegerField(null=True)),
        migrations.AddConstraint(
            "reward", check("reciprocity_reward_codes_count", Q(codes_left=None) | Q(codes_left__gte=0))
        ),
        migrations.AlterField("redemption", "kind", models.CharField(choices=KINDS, max_length=16)),
        migrations.AlterField("redemption", "state", models.CharField(choices=STATES, default="unused", max_length=16)),
        migrations.AlterField("redemption", "code", models.CharField(max_length=16, null=True, unique=True)),
        migrations.AddField("redemption", "closed_by", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("redemption", "close_reason", models.CharField(blank=True, default="", max_length=500)),
        migrations.RunSQL(  # a worker of before goes on redeeming while the others are upgraded
            "ALTER TABLE reciprocity_reward ALTER text SET DEFAULT '';"
            "ALTER TABLE reciprocity_redemption ALTER closed_by SET DEFAULT '', ALTER close_reason SET DEFAULT ''",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            "redemption",
            models.Index(condition=Q(kind="service"), fields=["state", "id"], name="reciprocity_services"),
        ),
        migrations.CreateModel(
            name="UploadedCode",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=255)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("uploaded_at", models.DateTimeField()),
                ("uploaded_by", models.CharField(max_length=64)),
                (
                    "redemption",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploaded_code",
                        to="reciprocity.Redemption",
                    ),
                ),
                (
                    "reward",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploaded_codes",
                        to="reciprocity.Reward",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            "uploadedcode",
            models.Index(condition=Q(redemption=None), fields=["reward", "id"], name="reciprocity_codes_left"),
        ),
    ]
