"""Whether goods travel cooled is said by their product set; a good may say otherwise, and until now nobody had said "no"."""

from django.db import migrations, models

#: Fresh meat, fish, eggs and milk; to begin with, for the programme to change.
COOLED = [2]


def begin(apps, schema_editor):
    apps.get_model("catalogue", "ProductSet").objects.filter(number__in=COOLED).update(needs_cooling=True)
    apps.get_model("catalogue", "Product").objects.filter(needs_cooling=False).update(needs_cooling=None)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0041_rating_of_reviews")]

    operations = [
        migrations.AddField(
            model_name="productset",
            name="needs_cooling",
            field=models.BooleanField(default=False, verbose_name="needs cooling on the way"),
        ),
        migrations.AlterField(
            model_name="product",
            name="needs_cooling",
            field=models.BooleanField(
                blank=True, default=None, null=True, verbose_name="needs cooling on the way"
            ),
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
