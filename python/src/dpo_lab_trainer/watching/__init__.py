"""Watches the preference training of another trainer from inside its process."""
