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


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    name: str
    domain: str
    plan: str


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
    AgentFacts("jonas", "Jonas Weber", "agent", ("orders", "front"), ("de", "en"), "online"),
    AgentFacts("priya", "Priya Nair", "agent", ("orders", "billing"), ("en",), "online"),
    AgentFacts("mateo", "Mateo García", "agent", ("front", "billing"), ("es", "pt", "fr", "en"), "away", "Lunch"),
    AgentFacts("sari", "Sari Wulandari", "agent", ("front", "workshop"), ("id", "en", "ar"), "offline"),
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
    ("Waiting for the carrier", "snoozed"),
    ("Waiting for parts", "snoozed"),
    ("Solved", "closed"),
    ("Duplicate", "closed"),
)

COMPANIES = (
    CompanyFacts("Café Solstice", "cafesolstice.example", "Wholesale"),
    CompanyFacts("Harbour Street Bakery", "harbourstreet.example", "Wholesale"),
    CompanyFacts("Kontor Elf", "kontor-elf.example", "Office"),
    CompanyFacts("Lumen Studio", "lumen-studio.example", "Office"),
    CompanyFacts("Nord Kök", "nordkok.example", "Wholesale"),
    CompanyFacts("Toko Kopi Senja", "kopisenja.example", "Wholesale"),
    CompanyFacts("Maison Ferrand", "maison-ferrand.example", "Office"),
    CompanyFacts("Hoshi Books", "hoshi-books.example", "Office"),
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
VISITORS = 22  # who wrote without saying who they are

CARRIERS = ("ParcelBird", "Nordpost", "Swiftway", "Blue Crane")
PRODUCTS = ("Heron kettle", "Millstone grinder", "Alder dripper", "Brook server", "Feather scale")
PAGES = (
    ("kettle", "Heron, gooseneck kettle"),
    ("grinder", "Millstone, hand grinder"),
    ("scale", "Feather, brewing scale"),
    ("cart", "Your basket"),
)
