"""What runs a recorded program: a file for each backend."""
