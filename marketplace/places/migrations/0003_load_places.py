"""Fill the tables, so that later migrations may point at provinces."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from marketplace.places.loading import places_load


def load(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Load with the models of this moment."""
    places_load(apps=apps, using=schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("places", "0002_former_units_and_regions")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
