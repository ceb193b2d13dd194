"""A class of one's own: numbers for each student, answers handed in as text, marks, and what the class got wrong."""
