"""Agents read as their browser asks and by the desk's clock, unless they chose otherwise. Nobody could choose before."""

import people.models
from django.db import migrations, models


def forget_defaults(apps, schema_editor):
    """What every agent was given is nobody's choice."""
    agents = apps.get_model("people", "Agent").objects
    agents.filter(language="en").update(language="")
    agents.filter(time_zone="UTC").update(time_zone="")


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0002_api_tokens"),
    ]

    operations = [
        migrations.AlterField(
            model_name="agent",
            name="language",
            field=models.CharField(blank=True, choices=people.models.our_languages, max_length=16),
        ),
        migrations.AlterField(
            model_name="agent",
            name="time_zone",
            field=models.CharField(blank=True, choices=people.models.time_zones, max_length=64),
        ),
        migrations.RunPython(forget_defaults, migrations.RunPython.noop),
    ]
