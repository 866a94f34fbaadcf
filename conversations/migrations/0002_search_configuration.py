"""A text search configuration for every language at once: words as they are, without accents."""

from django.db import migrations

CREATE = """
CREATE TEXT SEARCH CONFIGURATION parley (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION parley
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
"""
DROP = "DROP TEXT SEARCH CONFIGURATION IF EXISTS parley"


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
