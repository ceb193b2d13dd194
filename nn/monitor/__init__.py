"""What tells how a run goes: gradient tools, monitors, and the diagnosis of a run."""
