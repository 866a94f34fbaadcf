from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("triage", "0003_how_training_and_imports_go"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["agent", "-created_at"], name="decision_by_agent"),
        ),
    ]
