"""What explains: the passes as events, why, paths, what_if, the laboratory of mistakes."""
