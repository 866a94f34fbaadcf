"""Pages of triage: what agents see beside a conversation, and what managers set up and watch."""
