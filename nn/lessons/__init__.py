"""Lessons with networks."""
