"""Who works at Northwind, and who its customers are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TeamFacts:
    key: str  # what stories and mentions call it
    name: str
    tier: int
    specialty: str


@dataclass(frozen=True, slots=True)
class AgentFacts:
    key: str
    name: str
    role: str
    teams: tuple[str, ...]
    languages: tuple[str, ...]
    availability: str
    away_reason: str = ""

    def sees(self, team: str) -> bool:
        return team in self.teams or self.role != "agent"


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    name: str
    domain: str
    plan: str
    seats: int
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Customers who share a country, a language and the names people have there."""

    country: str
    language: str
    time_zone: str
    city: str
    names: tuple[str, ...]


TEAMS = (
    TeamFacts("front", "Front desk", 1, "First answers, accounts and subscriptions"),
    TeamFacts("orders", "Orders & delivery", 1, "Parcels, returns and carriers"),
    TeamFacts("billing", "Billing", 2, "Payments, refunds and invoices"),
    TeamFacts("workshop", "Workshop", 3, "Repairs, spare parts and brewing"),
)

AGENTS = (
    AgentFacts(
        "anna", "Anna Berg", "manager", ("front", "orders", "billing", "workshop"), ("en", "sv", "de"), "online"
    ),
    AgentFacts("kenji", "Kenji Mori", "admin", ("workshop",), ("en", "ja"), "online"),
    AgentFacts("jonas", "Jonas Weber", "agent", ("front", "orders"), ("en", "de"), "online"),
    AgentFacts("noor", "Noor Haddad", "agent", ("orders", "billing"), ("en", "ar", "he"), "online"),
    AgentFacts("mateo", "Mateo García", "agent", ("front", "billing"), ("en", "es", "pt", "fr"), "away", "Lunch"),
    AgentFacts("sari", "Sari Wulandari", "agent", ("front", "workshop"), ("en", "id"), "offline"),
)

TOPICS = (
    ("Delivery", "Where a parcel is, and when it comes"),
    ("Returns", "Sending something back, or getting it replaced"),
    ("Payment", "Cards, invoices, refunds and vouchers"),
    ("Product advice", "Choosing, using and repairing what we sell"),
    ("Account", "Signing in, subscriptions and personal data"),
)

STATUSES = (
    ("Needs a decision", "open"),
    ("Carrier asked", "snoozed"),
    ("Parts ordered", "snoozed"),
    ("Solved", "closed"),
    ("Duplicate", "closed"),
)

COMPANIES = (
    CompanyFacts("Café Solstice", "cafesolstice.example", "Wholesale", 38, ("Beatrice Shaw", "Desmond Okafor")),
    CompanyFacts("Harbour Street Bakery", "harbourstreet.example", "Wholesale", 22, ("Declan Walsh", "Maeve Kelly")),
    CompanyFacts("Kontor Elf", "kontor-elf.example", "Office", 14, ("Matthias Krüger", "Sabine Vogt")),
    CompanyFacts("Lumen Studio", "lumen-studio.example", "Office", 9, ("Ellen Brandt", "Theo Nguyen")),
    CompanyFacts("Nord Kök", "nordkok.example", "Wholesale", 45, ("Oskar Nyström", "Ingrid Sjöberg")),
    CompanyFacts("Toko Kopi Senja", "kopisenja.example", "Wholesale", 30, ("Budi Santoso", "Rina Kusuma")),
    CompanyFacts("Maison Ferrand", "maison-ferrand.example", "Office", 18, ("Chloé Perrin", "Hugo Morel")),
    CompanyFacts("Hoshi Books", "hoshi-books.example", "Office", 6, ("佐藤 美咲", "中村 由紀")),
)

REGIONS = (
    Region("GB", "en", "Europe/London", "Leeds", (
        "Beatrice Shaw", "Callum Reid", "Imogen Clarke", "Farah Aziz", "Owen Pritchard", "Harriet Mills",
        "Desmond Okafor", "Nia Powell", "Ruth Hartley", "George Ames", "Zainab Malik", "Toby Marsh",
    )),
    Region("US", "en", "America/Chicago", "Memphis", (
        "Bea Ortiz", "Marcus Hill", "Dana Whitfield", "Luis Romero", "Ellen Brandt", "Theo Nguyen",
        "Aaliyah Brooks", "Sam Kowalski", "Joy Park", "Rebecca Stein", "Trevor Banks", "Grace Liu",
    )),
    Region("IE", "en", "Europe/Dublin", "Athlone", ("Aoife Brennan", "Cian Doyle", "Maeve Kelly", "Declan Walsh")),
    Region("AU", "en", "Australia/Melbourne", "Ballarat", ("Tess Hollis", "Liam Cartwright", "Priscilla Tran")),
    Region("IN", "en", "Asia/Kolkata", "Pune", ("Arjun Mehta", "Kavya Iyer", "Rohan Deshpande")),
    Region("DE", "de", "Europe/Berlin", "Kassel", (
        "Lena Hoffmann", "Matthias Krüger", "Sabine Vogt", "Yusuf Demir", "Katharina Pohl", "Jens Albrecht",
    )),
    Region("SE", "sv", "Europe/Stockholm", "Jönköping", (
        "Elsa Lundgren", "Oskar Nyström", "Maja Åkesson", "Viktor Hallberg", "Ingrid Sjöberg",
    )),
    Region("ID", "id", "Asia/Jakarta", "Semarang", (
        "Dewi Lestari", "Budi Santoso", "Rina Kusuma", "Agus Pratama", "Putri Maharani", "Hendra Wijaya",
    )),
    Region("ES", "es", "Europe/Madrid", "Zaragoza", ("Lucía Ferrer", "Álvaro Domínguez", "Carmen Ruiz")),
    Region("MX", "es", "America/Mexico_City", "Puebla", ("Ximena Castillo", "Diego Salazar")),
    Region("FR", "fr", "Europe/Paris", "Dijon", ("Camille Laurent", "Hugo Morel", "Chloé Perrin", "Amadou Diallo")),
    Region("AE", "ar", "Asia/Dubai", "الشارقة", ("نورة المنصوري", "خالد الهاشمي", "ليلى حداد")),
    Region("EG", "ar", "Africa/Cairo", "الجيزة", ("عمر فاروق", "سلمى عبد الرحمن")),
    Region("JP", "ja", "Asia/Tokyo", "厚木", ("佐藤 美咲", "高橋 健太", "中村 由紀", "小林 翔")),
    Region("BR", "pt", "America/Sao_Paulo", "Campinas", ("Fernanda Alves", "Rafael Teixeira")),
    Region("IL", "he", "Asia/Jerusalem", "חיפה", ("נועה לוי", "איתן כהן")),
)  # fmt: skip
VISITORS = 14  # who wrote without saying who they are
CLOSE_TO_HOME = 2  # how much likelier it is that somebody writes in English

CARRIERS = ("ParcelBird", "Hedgerow Post", "Blue Crane", "Lantern Express")
PAGES = (
    ("kettle", "Heron · Northwind"),
    ("grinder", "Millstone · Northwind"),
    ("dripper", "Alder · Northwind"),
    ("scale", "Feather · Northwind"),
    ("beans", "Kayon Mountain · Northwind"),
    ("cart", "Your cart · Northwind"),
)
PRODUCTS = (("Heron", "kettle", 89), ("Millstone", "grinder", 124), ("Alder", "dripper", 32), ("Feather", "scale", 64))
BREWING = ("Pour-over", "AeroPress", "French press", "Espresso", "Moka pot", "Cold brew")

DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag"),
    "sv": ("måndags", "tisdags", "onsdags", "torsdags", "fredags"),
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat"),
    "he": ("ראשון", "שני", "שלישי", "רביעי", "חמישי"),
    "pt": ("segunda", "terça", "quarta", "quinta", "sexta"),
}
