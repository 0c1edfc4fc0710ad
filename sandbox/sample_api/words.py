"""The words the sample records are made of."""

from __future__ import annotations

FIRST_NAMES = (
    "Ada", "Amara", "Andrei", "Anna", "Bao", "Carla", "Chloé", "Daniel", "Dana", "Elif",
    "Emeka", "Eva", "Farah", "Finn", "Grace", "Hana", "Hugo", "Ines", "Ivan", "Jamal",
    "Jonas", "José", "Kavya", "Kenji", "Lena", "Liam", "Maya", "Mei", "Noam", "Nora",
    "Omar", "Priya", "Rosa", "Søren", "Tamar", "Theo", "Uma", "Victor", "Yael", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Abbott", "Almeida", "Bakker", "Barzilai", "Chen", "Costa", "Dubois", "Eriksen", "Fischer",
    "García", "Haddad", "Hoffmann", "Ito", "Jansen", "Kaplan", "Kowalski", "Kumar", "Larsen",
    "Levi", "Mbeki", "Moreau", "Müller", "Nakamura", "Novak", "O'Brien", "Okafor", "Park",
    "Patel", "Quintero", "Rossi", "Sato", "Silva", "Tanaka", "Torres", "Vega", "Weber", "Yilmaz",
)  # fmt: skip
DOMAINS = (
    "checkout", "billing", "catalog", "search", "inventory", "shipping", "identity", "payments",
    "pricing", "loyalty", "fraud", "reporting", "messaging", "notifications", "recommendations",
    "support", "returns", "media", "analytics", "experiments", "partners", "tax", "ledger",
    "subscriptions", "onboarding", "localization", "content", "risk", "forecasting", "audit",
    "webhooks", "storefront",
)  # fmt: skip
KINDS = (
    "api", "worker", "gateway", "scheduler", "web", "sync", "cache", "importer", "exporter",
    "stream", "admin", "bff", "proxy", "jobs", "indexer", "rules", "events", "mailer", "archive",
    "metrics",
)  # fmt: skip
TEAM_FORMS = ("Core", "Platform", "Experience", "Operations", "Data", "Enablement")
CITIES = (
    ("Lisbon", "PT", "Europe/Lisbon"),
    ("Tel Aviv", "IL", "Asia/Jerusalem"),
    ("Berlin", "DE", "Europe/Berlin"),
    ("Toronto", "CA", "America/Toronto"),
    ("Pune", "IN", "Asia/Kolkata"),
    ("Osaka", "JP", "Asia/Tokyo"),
    ("São Paulo", "BR", "America/Sao_Paulo"),
)
LANGUAGES = ("python", "go", "java", "typescript", "kotlin", "rust", "ruby")
TAGS = ("pci", "gdpr", "public", "internal", "legacy", "critical", "experimental", "batch")
JOB_TITLES = (
    "Software Engineer", "Senior Software Engineer", "Staff Engineer", "Site Reliability Engineer",
    "Engineering Manager", "Product Manager", "Data Engineer", "Designer",
)  # fmt: skip
SKILLS = ("kubernetes", "postgres", "kafka", "terraform", "react", "observability", "security")
COMMIT_MESSAGES = (
    "Fix rounding of refunds", "Raise connection pool size", "Add retries to the outbound client",
    "Drop the unused feature flag", "Cache tax rates for an hour", "Upgrade base image",
    "Return 409 on duplicate orders", "Log the request id everywhere",
)  # fmt: skip
SYMPTOMS = (
    "Elevated error rate", "High latency", "Queue backlog growing", "Stale data served",
    "Memory exhausted", "Certificate about to expire", "Failed health checks",
    "Third-party outage affecting", "Replication lag", "Unexpected traffic spike",
)  # fmt: skip
