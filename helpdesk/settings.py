"""Django's settings, from what the environment says and from decisions that hold for every desk."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from helpdesk import environment, policy
from helpdesk.locators import database_parts, redis_address
from helpdesk.schedule import SCHEDULE
from helpdesk.state import CHECKOUT, State

try:
    ENV = environment.load(os.environ)
except environment.BadEnvironment as problem:
    raise ImproperlyConfigured(str(problem)) from problem

STATE = State(ENV.state)
RUN = STATE.read_run()
BASE_DIR = CHECKOUT


def _secret_key() -> str:
    """The key of this state directory, made on first use; O_EXCL lets one of several starting processes win."""
    if ENV.secret_key:
        return ENV.secret_key
    STATE.create()
    try:
        handle = os.open(STATE.secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return STATE.secret.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(key := secrets.token_urlsafe(48))
    return key


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = list(ENV.secret_key_fallbacks)
DEBUG = ENV.debug
ALLOWED_HOSTS = ENV.all_hosts
PARLEY_URL = ENV.url
PARLEY_MESSAGE_RATE = ENV.message_rate
PARLEY_SOCKETS_PER_ADDRESS = ENV.sockets_per_address
PARLEY_CONVERSATION_RATE = ENV.conversation_rate

INSTALLED_APPS = [
    "helpdesk",
    "people",
    "conversations",
    "triage",
    "channels",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "rest_framework",
    "helpdesk.administration.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "helpdesk.apps.StaticFiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "helpdesk.readers.as_they_chose",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "helpdesk.urls"
ASGI_APPLICATION = "helpdesk.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


# PostgreSQL


def _database() -> dict[str, Any]:
    """One persistent connection per thread, none of which may hang: a frozen server is noticed within seconds.

    Django's default of a new connection for each request costs six times as much as the request itself.
    """
    parts = database_parts(ENV.database_url or (RUN.database_url if RUN else "postgresql:///parley"))
    limits = {
        "statement_timeout": ENV.statement_timeout,
        "lock_timeout": 2000,
        "idle_in_transaction_session_timeout": ENV.statement_timeout,
    }
    options = {
        "connect_timeout": 2,
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        **(parts.pop("OPTIONS") or {}),  # type: ignore[dict-item]
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        **parts,
    }


DATABASES = {"default": _database()}


# Redis or Valkey: three databases, so that emptying the cache cannot empty the queue

REDIS_URL = ENV.redis_url or (RUN.redis_url if RUN else "redis://localhost:6379/0")
_redis = redis_address(REDIS_URL)
_LIVE, _TASKS, _CACHE = 0, 1, 2

CACHE_URL = _redis.client(_CACHE)
CHANNEL_LAYERS = {"default": {"BACKEND": ENV.channel_layer, "CONFIG": {"url": _redis.client(_LIVE)}}}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    },
}

TASKS_URL = _redis.client(_TASKS)
CELERY_BROKER_URL = _redis.broker(_TASKS)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than the longest task, or the task runs twice. The two `unacked` values bring the redelivery after
    # a killed worker from 100 seconds down to 10.
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 25,
    "retry_on_timeout": True,
}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 3, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = SCHEDULE


# People and their sessions

AUTH_USER_MODEL = "people.Agent"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/inbox/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600

# A cookie called __Host-… is refused by browsers over plain http, where the desk is only ever tried out.
_HOST_ONLY = "__Host-" if ENV.is_https else ""
SESSION_COOKIE_NAME = f"{_HOST_ONLY}parley"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENV.is_https
CSRF_COOKIE_NAME = f"{_HOST_ONLY}parley-csrf"
CSRF_COOKIE_SECURE = ENV.is_https
CSRF_TRUSTED_ORIGINS = [ENV.url]


# What browsers are told

SECURE_SSL_REDIRECT = ENV.is_https
SECURE_HSTS_SECONDS = 31_536_000 if ENV.is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.is_https
SECURE_HSTS_PRELOAD = ENV.is_https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusted_proxies else None
USE_X_FORWARDED_HOST = False
X_FRAME_OPTIONS = "DENY"
TRUSTED_PROXIES = ENV.trusted_proxies
CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy.DIRECTIVES}


# Requests and files

MAX_UPLOAD_BYTES = ENV.max_upload * 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_PERMISSIONS = 0o640
MEDIA_ROOT: Path = STATE.media
MODELS_ROOT: Path = STATE.models  # what triage has learnt
IMPORTS_ROOT: Path = STATE.imports  # files on their way into its memory
STATIC_URL = "/static/"
STATIC_ROOT: Path = STATE.static
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []
_PLAIN_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _PLAIN_STATIC if DEBUG else "helpdesk.storage.HashedFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True


# Languages and time

LANGUAGE_CODE = ENV.language
LANGUAGES = [("en", _("English")), ("id", _("Indonesian")), ("sv", _("Swedish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "helpdesk.formats"  # dates as the inbox writes them; Swedish months are lower case
LANGUAGE_COOKIE_SECURE = ENV.is_https
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = ENV.time_zone
USE_TZ = True


# The REST API: closed until a view opens itself

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["conversations.api.credentials.Bearer", "conversations.api.credentials.Session"],
    "DEFAULT_PERMISSION_CLASSES": ["helpdesk.permissions.Nobody"],
    "DEFAULT_RENDERER_CLASSES": ["conversations.api.answers.Wire"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "conversations.api.answers.handler",
    "NUM_PROXIES": ENV.trusted_proxies,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Parley",
    "DESCRIPTION": "The support desk's REST API.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
}


# Messages for whoever runs the desk

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname:.1} {name}: {message}", "style": "{", "datefmt": "%H:%M:%S"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": ENV.log_level},
    "loggers": {
        "celery": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
        "uvicorn": {"level": "WARNING"},
        "django": {"level": "WARNING"},
    },
}
