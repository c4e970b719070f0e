from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("search", "0003_searches_and_redirects"),
        ("search", "0003_lexicon"),
    ]

    operations = []
