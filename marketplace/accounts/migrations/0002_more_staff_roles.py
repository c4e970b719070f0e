"""Roles beside administrator and verifier: finance, support, catalogue, campaigns, editor."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="staffrole",
            name="role",
            field=models.CharField(
                choices=[
                    ("admin", "Administrator"),
                    ("verifier", "Verifier"),
                    ("finance", "Finance"),
                    ("support", "Support"),
                    ("catalogue", "Catalogue"),
                    ("campaign", "Campaigns"),
                    ("editor", "Editor"),
                ],
                max_length=12,
            ),
        ),
    ]
