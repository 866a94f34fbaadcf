"""A small made-up desk: enough to learn from, quick to learn."""

from __future__ import annotations

import random

OPENINGS = ("hello,", "hi there", "please help:", "good morning,", "", "urgent!", "i have a question,", "so")
ENDINGS = ("thanks", "please answer soon", "", "regards, ada", "can you help?", "it is the second time")
TOPICS = {
    "refund": ("i want my money back", "please refund my order", "when is the refund paid out", "return the payment"),
    "delivery": ("my parcel has not arrived", "where is my package", "the courier lost the box", "track my shipment"),
    "login": ("i cannot log in", "my password is not accepted", "reset the password", "the account is locked"),
    "invoice": ("send me the invoice", "the bill shows a wrong vat number", "i need a receipt", "copy of the invoice"),
}
DESCRIPTIONS = {
    "refund": "Refund. Money back for an order that was returned or cancelled.",
    "delivery": "Delivery. A parcel, package or shipment is late, lost or being tracked.",
    "login": "Login. Password, locked account, cannot sign in.",
    "invoice": "Invoice. A bill, receipt or invoice, and what it says about tax.",
}
OUTSIDE = (
    "who won the football match yesterday",
    "what is the weather like in oslo",
    "tell me a joke about cats",
    "how old is the universe",
    "play some jazz",
    "the capital of peru",
    "boil an egg for how long",
    "is it going to rain on sunday",
    "write me a poem about the sea",
    "convert ten miles to kilometres",
)


def desk(each: int = 24, seed: int = 1) -> tuple[list[str], list[str]]:
    """`each` different messages for each topic."""
    chance = random.Random(seed)
    texts: list[str] = []
    labels: list[str] = []
    for topic, cores in TOPICS.items():
        made: dict[str, None] = {}
        while len(made) < each:
            number = chance.randint(100, 999)
            made[f"{chance.choice(OPENINGS)} {chance.choice(cores)} {number} {chance.choice(ENDINGS)}".strip()] = None
        texts += made
        labels += [topic] * each
    return texts, labels
