"""A decision is its number, day, authority and level: no screen ever gave it a title or a document, its certificates carry the scans.

SQLite makes a table anew, which takes its triggers and stops at those of other tables that read it: they are taken away and put back.
"""

from importlib import import_module

from django.db import migrations

levels = import_module("catalogue.certification.migrations.0007_few_stars_and_grounds")
triggers = import_module("catalogue.certification.migrations.0008_scores_and_history_of_standards")


def make_way(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        levels.remove(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("certification", "0009_closed_proposals")]

    operations = [
        migrations.RunPython(make_way, triggers.put_back),
        migrations.RemoveField("decision", "title"),
        migrations.RemoveField("decision", "evidence"),
        migrations.RunPython(triggers.put_back, make_way),
    ]
