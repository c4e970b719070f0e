"""Oscar's reviews, which the shop never used, make room for reviews of purchases."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_productreview_code")]

    operations = [
        migrations.DeleteModel(name="Vote"),
        migrations.DeleteModel(name="ProductReview"),
    ]
