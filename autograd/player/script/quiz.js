// The quiz: a question hides its event until it is answered or revealed.

const answered = new Set();
const hinted = new Map(); // for each event, how many of its hints have been given
let quiz = false;

const isOpen = (k) => quiz && k >= 0 && Boolean(lesson.steps[k].ask) && !answered.has(k);

function firstOpen() {
  const k = steps.findIndex((_, i) => isOpen(i));
  return k < 0 ? steps.length : k;
}

function showQuestion(ask) {
  $("ask").hidden = !ask;
  const given = hinted.get(position.k) ?? 0;
  const hints = ask?.hints ?? [];
  fill($("hints"), hints.slice(0, given).map((hint) => make("li", hint)));
  $("hint").textContent = given < hints.length ? `Hint ${given + 1} of ${hints.length}` : "No more hints";
  $("hint").setAttribute("aria-disabled", String(given >= hints.length));
  $("typed").value = "";
  tellVerdict([], false);
}

function hint() {
  const { hints } = lesson.steps[position.k].ask;
  hinted.set(position.k, Math.min((hinted.get(position.k) ?? 0) + 1, hints.length));
  show();
  $("typed").focus({ preventScroll: true });
}

function showVerdict(sentences, right) {
  tellVerdict(sentences, right);
  fitStrip();
  fitGraph();
}

function tellVerdict(sentences, right) {
  $("verdict").hidden = sentences.length === 0;
  $("verdict").classList.toggle("right", right);
  fill($("verdict"), sentences.map((sentence) => make("p", sentence)));
}

function check() {
  const typed = $("typed").value;
  if (["", "h"].includes(typed.trim())) {
    hint();
    return;
  }
  const verdict = judged(typed, lesson.steps[position.k].ask);
  if (verdict.kind === "right") {
    settle([verdict.words], true);
    return;
  }
  showVerdict(verdict.nearer.length ? named(verdict) : [verdict.words], false);
  $("typed").select();
}

function named({ shown, nearer }) {
  const verdicts = [...new Set(nearer.map(([, slip]) => slip))].map((slip) => lesson.mistakes[slip] ?? slip);
  return verdicts.flatMap(({ name, words, why }) => [`${shown} ${words}`, `${name}: ${why}`]);
}

function settle(sentences, right) {
  answered.add(position.k);
  show();
  showVerdict(sentences, right);
  $("next").focus();
}
