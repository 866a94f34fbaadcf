"""The project: settings, entry points and the supervisor. May import every app; none imports it."""
