"""Lessons that need no network."""
