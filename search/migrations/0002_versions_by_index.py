from django.db import migrations, models


class Migration(migrations.Migration):
    """Versions are kept for each index. The old rows are only a cache of what an index holds."""

    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.DeleteModel("IndexedVersion"),
        migrations.CreateModel(
            name="IndexedVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("index_name", models.CharField(max_length=120)),
                ("product_id", models.BigIntegerField()),
                ("version", models.BigIntegerField()),
                ("documents", models.PositiveSmallIntegerField(default=0)),
                ("indexed_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.AddConstraint(
            model_name="indexedversion",
            constraint=models.UniqueConstraint(
                fields=("index_name", "product_id"), name="one_version_a_good_and_index"
            ),
        ),
    ]
