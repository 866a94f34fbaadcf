"""What search reads. Filled from the outbox, so that posting never pays for it."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from conversations.models.conversation import Conversation
from conversations.models.part import Part


class SearchDocument(models.Model):
    part = models.OneToOneField(Part, primary_key=True, on_delete=models.CASCADE, related_name="search_document")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    vector = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="search_document_vector")]

    def __str__(self) -> str:
        return str(self.part_id)


class SearchWord(models.Model):
    """The desk's own vocabulary: what a misspelt query word is compared with."""

    word = models.CharField(max_length=60, primary_key=True)
    uses = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [GinIndex(fields=["word"], name="search_word_trigrams", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.word
