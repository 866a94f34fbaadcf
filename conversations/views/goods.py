"""What Northwind sells."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Good:
    """One product; `slug` is also the name of its drawing."""

    slug: str
    name: str
    price: int  # euros
    line: Promise | str
    about: Promise | str
    facts: tuple[Promise | str, ...]
    tint: str  # a background of static/demo/shop.css


GOODS: tuple[Good, ...] = (
    Good(
        "kettle",
        "Heron",
        89,
        _("Gooseneck kettle, 0.9 l"),
        _(
            "A kettle that pours as slowly as you ask it to. The long neck keeps the stream thin and steady from the "
            "first drop to the last, and the handle stays cool."
        ),
        (_("Brushed steel, beech handle"), _("Gas, electric and induction"), _("Thermometer in the lid")),
        "clay",
    ),
    Good(
        "grinder",
        "Millstone",
        124,
        _("Hand grinder, 38 mm burrs"),
        _(
            "Thirty turns for a cup, forty clicks from espresso to French press. Comes apart without a tool, for the "
            "five minutes of cleaning it wants once a month."
        ),
        (_("Hardened steel burrs"), _("Holds 30 g of beans"), _("Spare parts for ten years")),
        "moss",
    ),
    Good(
        "dripper",
        "Alder",
        32,
        _("Porcelain dripper for two cups"),
        _(
            "Ribbed like a shell, so the paper never sticks and the water finds its own way. Glazed inside, raw "
            "outside: it keeps the heat and does not slip."
        ),
        (_("Fired at 1,260 °C in Jingdezhen"), _("Fits size 02 papers"), _("Dishwasher safe")),
        "sky",
    ),
    Good(
        "server",
        "Brook",
        41,
        _("Glass server, 0.6 l"),
        _(
            "Thin borosilicate glass with marks for one, two and four cups. It survives the step from the freezer to "
            "the flame, and most kitchen floors."
        ),
        (_("Borosilicate glass, cork collar"), _("Fits every Alder dripper"), _("Lid included")),
        "sand",
    ),
    Good(
        "scale",
        "Feather",
        64,
        _("Brewing scale with timer"),
        _(
            "Reads a tenth of a gram before the drop has landed. The timer starts with the first water, so both hands "
            "stay with the kettle."
        ),
        (_("0.1 g, up to 2 kg"), _("Charges by USB-C"), _("Splash proof")),
        "ink",
    ),
    Good(
        "beans",
        "Kayon Mountain",
        16,
        _("Ethiopia, natural, 250 g"),
        _(
            "Grown at 2,100 metres, dried in the sun for three weeks, roasted by us every Tuesday. Strawberry, honey "
            "and a little cocoa when it cools."
        ),
        (_("Roasted to order"), _("Whole beans"), _("Best from day 5 to day 40")),
        "berry",
    ),
)
