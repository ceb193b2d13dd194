"""A lesson in the site: its page, and in the same folder its stage, its quiz, its handout, its pictures, the bridges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from autograd.classroom import Course, Flashcard, Lesson
from autograd.classroom.handout import handout
from autograd.classroom.handout.html import page
from autograd.pictures import draw
from autograd.pictures.ground import Ground
from autograd.pictures.texts import clean
from autograd.player import play
from autograd.player.paper_and_plot import plot_of
from autograd.site.bridges import bridges
from autograd.site.quiz_page import quiz_page
from autograd.site.shell import Item, LeftOut, SiteFile, SitePage, link
from autograd.site.story import listing, story

SCRIPTS = ("storage.js", "lesson.js")
TITLE = '<h1 id="title">'  # of the stage


def lesson_path(slug: str) -> str:
    """Return where a lesson's page lies."""
    return f"lessons/{slug}/index.html"


def beside(slug: str, name: str) -> str:
    """Return where a file lies beside a lesson's page."""
    return f"lessons/{slug}/{name}"


def lesson_items(course: Course, lesson: Lesson, cards: Sequence[Flashcard]) -> Iterator[Item]:
    """Yield all that a site has of a lesson."""
    slug, ways, paper = lesson.slug, bridges(lesson), handout(lesson).sheet
    drawn = bool(paper.blank)
    yield SitePage(
        lesson_path(slug), lesson.title, lesson_body(course, lesson, ways, cards, drawn), SCRIPTS, "index.html"
    )
    yield SiteFile(beside(slug, "stage.html"), stage(lesson))
    yield from plot_items(lesson)
    yield quiz_page(
        lesson, lesson_path(slug), two_grounds(slug, "graph-blank", "The graph, to fill in") if drawn else ""
    )
    yield SiteFile(beside(slug, "handout.html"), with_way_home(page(paper), lesson))
    yield from (SiteFile(beside(slug, f"{slug}{suffix}"), content) for suffix, (_, content) in ways.items())
    yield from graph_files(lesson, paper.blank)


def stage(lesson: Lesson) -> str:
    """Return the page that plays a lesson, with the way back to its page, where the site also learns where one was."""
    path, words = beside(lesson.slug, "stage.html"), escape(clean(f"To the page of {lesson.title}"))
    way = f'<a id="home" href="index.html" data-path="{escape(path)}" aria-label="{words}">←</a>'
    return play(lesson).html.replace(TITLE, f"{way}\n{TITLE}", 1)


def with_way_home(handout: str, lesson: Lesson) -> str:
    """Return a handout with the way back to the lesson's page, which is not printed."""
    way = f'<p class="home"><a href="index.html">← {escape(clean(lesson.title))}</a></p>'
    return handout.replace("<main>", f"<main>\n{way}", 1)


def plot_items(lesson: Lesson) -> Iterator[Item]:
    """Yield the plot of a lesson that has one."""
    if plot := plot_of(lesson):
        yield SiteFile(beside(lesson.slug, "plot.svg"), plot)
    elif lesson.plot:
        yield LeftOut("the plots", "They need: pip install matplotlib.")


def plotted(lesson: Lesson) -> str:
    """Return the plot as a part of the lesson's page."""
    words = escape(clean(f"The plot of the lesson {lesson.title}"))
    place = f"@/{beside(lesson.slug, 'plot.svg')}"
    return f'<figure class="plot" tabindex="0"><img src="{place}" alt="{words}"></figure>' if plot_of(lesson) else ""


def graph_files(lesson: Lesson, blank: str) -> Iterator[Item]:
    """Yield the graph of a lesson, solved and to fill in, for a light and for a dark page; nothing for a large one."""
    if not blank:
        return
    root = lesson.build()
    root.backward()
    for dark, name in {False: "", True: "-dark"}.items():
        solved = draw(root, dark=dark, transparent=True).svg()
        yield SiteFile(beside(lesson.slug, f"graph{name}.svg"), solved)
        yield SiteFile(beside(lesson.slug, f"graph-blank{name}.svg"), Ground(dark=dark, transparent=True).of_svg(blank))


def lesson_body(
    course: Course, lesson: Lesson, ways: dict[str, tuple[str, str]], cards: Sequence[Flashcard], drawn: bool
) -> str:
    """Return what stands on the page of a lesson."""
    slug = lesson.slug
    parts = [
        f'<article data-path="{escape(lesson_path(slug))}" data-title="{escape(clean(lesson.title))}">',
        f'<p class="chapter">{escape(clean(course.chapter(slug)))} · lesson {course.place(slug)}</p>',
        f"<h1>{escape(clean(lesson.title))}</h1>",
        f'<p class="question">{escape(clean(lesson.question))}</p>' if lesson.question else "",
        actions(slug),
        two_grounds(slug, "graph", f"The graph of {lesson.title}, with the value and the gradient of each node")
        if drawn
        else "",
        story(lesson),
        plotted(lesson),
        code(lesson),
        bridge_part(slug, ways),
        card_part(slug, cards),
        f'<p class="quiet">Source: {escape(clean(lesson.document))}.</p>' if lesson.document else "",
        onward(course, slug),
        "</article>",
    ]
    return "\n".join(filter(None, parts))


def actions(slug: str) -> str:
    """Return what one can do with a lesson."""
    doors = [
        link(beside(slug, "stage.html"), "Step through it", "door first"),
        link(beside(slug, "quiz.html"), "Quiz", "door"),
        link(beside(slug, "handout.html"), "Handout", "door"),
        link(f"cards.html#lesson={slug}", "Cards", "door"),
        link(f"laboratory.html#lesson={slug}", "Run its code", "door"),
    ]
    return f'<p class="actions">{"".join(doors)}</p>'


def two_grounds(slug: str, name: str, words: str) -> str:
    """Return a picture that there is for a light and for a dark page."""
    return (
        f'<figure tabindex="0"><picture><source media="(prefers-color-scheme: dark)" srcset="@/{beside(slug, name)}-dark.svg">'
        f'<img src="@/{beside(slug, name)}.svg" alt="{escape(clean(words))}"></picture></figure>'
    )


def code(lesson: Lesson) -> str:
    """Return the code that the numbers come from."""
    return f"<h2>The computation</h2>\n{listing(lesson.code)}" if lesson.code else ""


def bridge_part(slug: str, ways: dict[str, tuple[str, str]]) -> str:
    """Return the bridges: programs to read here, and all of them as files."""
    programs = "\n".join(
        f"<details><summary>{name[0].upper()}{name[1:]}</summary>{listing(text)}</details>"
        for suffix, (name, text) in ways.items()
        if suffix.endswith(".py")
    )
    files = "".join(
        f'<a download href="@/{beside(slug, slug + suffix)}">{name}</a>' for suffix, (name, _) in ways.items()
    )
    schema = '<a download href="@/schema.json">the schema of the JSON</a>'
    return f'<h2>The same elsewhere</h2>\n{programs}\n<p class="actions">{files}{schema}</p>'


def card_part(slug: str, cards: Sequence[Flashcard]) -> str:
    """Return the flashcards of a lesson, each folded up."""
    folded = "\n".join(
        f"<details><summary>{escape(clean(card.question))}</summary><p>{escape(clean(card.answer))}</p></details>"
        for card in cards
    )
    return f"<h2>What to remember</h2>\n{folded}" if cards else ""


def onward(course: Course, slug: str) -> str:
    """Return the ways to the notebook, and to the lessons before and after."""
    slugs = list(course.lessons)
    here = slugs.index(slug)
    notebooks = [
        link(f"notebooks/{name}.html", f"Notebook {name[:2]}", "door")
        for name, on in course.notebooks.items()
        if slug in on
    ]
    before = [link(lesson_path(s), f"← {course.lessons[s].title}") for s in slugs[max(0, here - 1) : here]]
    after = [link(lesson_path(s), f"{course.lessons[s].title} →") for s in slugs[here + 1 : here + 2]]
    return f'<nav class="onward" aria-label="Onward">{"".join([*before, *notebooks, *after])}</nav>'
