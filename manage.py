"""Django's command line. `bin/manage` is the same with PostgreSQL and Valkey running."""

from helpdesk.command import run_here

if __name__ == "__main__":
    run_here()
