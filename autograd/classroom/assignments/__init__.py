"""Assignments: a student writes an engine of their own, and the check names the mistake."""
