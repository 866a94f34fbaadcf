"""The REST API: the desk for programs. Closed until a view says who may use it; strict about everything it is given."""
