"""The page of `play` in Node and Chromium, as a Markdown table: `python -m tests.benchmarks.bench_page`.

    one change     from a changed leaf to all texts on the screen: both passes, the graph, the sentence, the formula
    both passes    forward and backward, warm
    training       steps of the moons net (2-16-16-1, hinge loss, 100 points at a time), and 1000 epochs of XOR

Medians. Times of a shared machine say little by themselves, so each has beside it that of a plain loop, a million additions.
"""

import json
import shutil
import statistics
import sys
from contextlib import contextmanager
from functools import partial
from random import Random

from autograd import Value, play
from autograd.classroom import Trainable
from autograd.explain.stepper import steps
from autograd.player import live as player_live
from autograd.player.page_data import gather
from autograd.player.training_data import Training
from nn import MLP, hinge_loss, mse_loss
from nn.data.datasets import moons
from nn.lessons import xor_training
from tests.player.test_javascript import in_node, script

ROUNDS, WARM = 15, 25
ASKED = {  # ms
    "one change, 300 nodes": 16,
    "one change, 300 nodes, throttled four times": 50,
    "one change, 1000 nodes": 50,
    "both passes, 1000 nodes": 0.1,
    "a training step of the moons net": 1000 / 1900,
    "1000 epochs of XOR": 5,
}
LOOP = "let loop = 0; for (let i = 1; i < 1_000_000; i++) loop += 1 / i;"
TIMED = f"""
const timed = (f, times) => {{
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) f();
  const {{ user, system }} = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}};
const beside = () => {{ {LOOP} return loop; }};
const median = (f, times) => Array.from({{ length: {ROUNDS} }}, () => timed(f, times)).sort((x, y) => x - y)[{ROUNDS // 2}];
const rounds = (f, times) => [median(f, times), median(beside, 1)];
"""
CHANGE = """([name, x]) => {
  const before = performance.now();
  chalkgrad.set({ [name]: x });
  document.body.getBoundingClientRect();
  return performance.now() - before;
}"""
BESIDE = f"() => {{ const before = performance.now(); {LOOP} return performance.now() - before + 0 * loop; }}"
PASSES = """
setLesson(JSON.parse(require("fs").readFileSync(0, "utf8")));
findPrograms();
const { V, D, G, before, after } = bothPasses(programs[0], lesson.graphs[0].values.map(asNumber));
const run = () => { forward(programs[0], V, D); backward(programs[0], D, G, before, after); };
console.log(JSON.stringify(rounds(run, 500)));
"""
LEARNER = 'const learner = new Learner(JSON.parse(require("fs").readFileSync(0, "utf8")));'
ONE_STEP = "const run = () => learner.step(0.001);"
EPOCHS = (
    "const run = () => { learner.begin(learner.told.starts[0]); for (let k = 0; k < 1000; k++) learner.step(0.5); };"
)


def network(nodes):
    """The loss of a network of about so many nodes, each + and × one of them: 2-8-8-1 or 2-16-16-1."""
    model = MLP(2, [8, 8, 1] if nodes < 500 else [16, 16, 1], "tanh", rng=Random(0), expand=True)
    loss = mse_loss(model([Value(0.5, "x1"), Value(-0.3, "x2")]), 1.0)
    loss.label = "L"
    return loss


@contextmanager
def everything_told():
    """Lift the bound on the letters of a page's templates meanwhile."""
    bound, player_live.MOST_LETTERS = player_live.MOST_LETTERS, sys.maxsize
    try:
        yield
    finally:
        player_live.MOST_LETTERS = bound


def passes(nodes):
    """Both passes over a graph in Node: their time, and the loop's."""
    events = steps(network(nodes))
    told, _ = gather(events, {})
    with everything_told():
        live, rows = player_live.alive(events)
    scripts = map(script, ("numbers", "data", "functions", "fill", "passes"))
    return json.loads(in_node("\n".join([*scripts, rows, TIMED, PASSES]), json.dumps({**told, "live": live})))


def training(trainable, run, times):
    """What a training does in Node: its time, and the loop's."""
    made = Training(trainable)
    scripts = map(script, ("numbers", "functions", "fill", "passes", "learn"))
    say = f"console.log(JSON.stringify(rounds(run, {times})));"
    return json.loads(in_node("\n".join([*scripts, made.script, TIMED, LEARNER, run, say]), json.dumps(made.data)))


def in_page(page, session, rate):
    """One change in a page of Chromium, its processor so many times as slow: its time, and the loop's.

    That is the time of the page's thread; where the processor is throttled, the time that passes, since it sleeps meanwhile.
    """
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    time = page.evaluate if rate > 1 else partial(of_thread, page, session)
    changes = [time(CHANGE, ["x1", 0.5 + 0.01 * k]) for k in range(WARM + ROUNDS)][WARM:]
    return statistics.median(changes), statistics.median(time(BESIDE) for _ in range(ROUNDS))


def of_thread(page, session, function, *given):
    """How long the page's thread works on a function, until all is painted, in ms."""
    before = task_seconds(session)
    page.evaluate(f"async (given) => {{ ({function})(given); await new Promise(requestAnimationFrame); }}", *given)
    return 1000 * (task_seconds(session) - before)


def task_seconds(session):
    """How long the page's thread has worked so far."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def changes():
    """One change at 300 and at 1,000 nodes, also with a processor that is four times as slow."""
    from playwright.sync_api import sync_playwright

    found = {}
    with sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for nodes in (300, 1000):
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            with everything_told():
                page.set_content(play(network(nodes)).html)
            page.wait_for_selector("#words:not(:empty)")
            page.evaluate("() => chalkgrad.goto(1e9)")
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            for rate, words in ((1, ""), (4, ", throttled four times")):
                found[f"one change, {nodes} nodes{words}"] = in_page(page, session, rate)
            page.close()
        browser.close()
    return found


def trainings():
    """A step of the moons net, and 1000 epochs of XOR."""
    points = [(x, 2 * y - 1) for x, y in moons(100, rng=Random(0))]
    pairs = list(zip(xor_training.INPUTS, xor_training.TARGETS, strict=True))
    net = Trainable(MLP(2, [16, 16, 1], rng=Random(0)), points, hinge_loss)
    xor = Trainable(xor_training.network("tanh"), pairs, mse_loss)
    return {
        "a training step of the moons net": training(net, ONE_STEP, 200),
        "1000 epochs of XOR": training(xor, EPOCHS, 5),
    }


def table():
    """Yield the lines of the table: each time in ms, and that of the loop beside it."""
    yield "| | ms | asked | the loop beside it, ms | ratio |"
    yield "|---|---:|---:|---:|---:|"
    for what, (time, loop) in {**trainings(), "both passes, 1000 nodes": passes(1000), **changes()}.items():
        asked = f"{ASKED[what]:.3g}" if what in ASKED else ""
        yield f"| {what} | {time:.3g} | {asked} | {loop:.3g} | {time / loop:.3g} |"


if __name__ == "__main__":
    for line in table():
        sys.stdout.write(line + "\n")
