"""What a class needs: lessons and courses, questions, quizzes, handouts, flashcards."""

from autograd.classroom.claim import Claim
from autograd.classroom.code_checks import compare
from autograd.classroom.course import Chapter, Course
from autograd.classroom.definition import Definition, Flashcard, table_of
from autograd.classroom.exercise import Exercise, GradientOf, Wrong, choice, one_of
from autograd.classroom.lesson import Lesson, Note, Story, Told, measured, passes
from autograd.classroom.trainable import Trainable
from autograd.explain.stepper import updates
from autograd.graph import number

__all__ = [
    "Chapter",
    "Claim",
    "Course",
    "Definition",
    "Exercise",
    "Flashcard",
    "GradientOf",
    "Lesson",
    "Note",
    "Story",
    "Told",
    "Trainable",
    "Wrong",
    "choice",
    "compare",
    "measured",
    "number",
    "one_of",
    "passes",
    "table_of",
    "updates",
]
