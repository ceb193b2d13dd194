// The quiz: a question hides its event until it is answered or revealed.

const DUST = 1e-12; // what rounding leaves of a zero
const answered = new Set();
const hinted = new Map(); // for each event, how many of its hints have been given
let quiz = false;
let verdict = [];

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
  showVerdict([], false);
}

function hint() {
  const { hints } = lesson.steps[position.k].ask;
  hinted.set(position.k, Math.min((hinted.get(position.k) ?? 0) + 1, hints.length));
  show();
  $("typed").focus({ preventScroll: true });
}

function showVerdict(sentences, right) {
  $("verdict").hidden = sentences.length === 0;
  $("verdict").classList.toggle("right", right);
  fill($("verdict"), sentences.map((sentence) => make("p", sentence)));
  fitStrip();
  fitGraph();
}

// The rule of questions.py, and a test that they agree: an answer stands for everything that rounds to it at its own digits;
// a fraction is exact, and so are 0 and the answer as printed. Where it stands for the truth and for a mistake, the nearer one
// counts, so that a coarse answer hides none.
function reading(typed) {
  const text = typed.trim().replaceAll("−", "-");
  const fraction = /^([+-]?\d+)\s*\/\s*(\d+)$/.exec(text);
  if (fraction && Number(fraction[2]) !== 0) {
    const exact = Number(fraction[1]) / Number(fraction[2]);
    return { number: exact, within: 1e-9 * Math.abs(exact) || DUST, coarse: false };
  }
  const decimal = /^[+-]?(\d+\.?(\d*)|\.(\d+))(?:e([+-]?\d+))?$/i.exec(text);
  if (!decimal) return null;
  const digits = (decimal[2] ?? decimal[3] ?? "").length;
  const significant = decimal[1].replace(".", "").replace(/^0+/, "").length;
  const within = (Number(text) ? 0.5 * 10 ** (Number(decimal[4] ?? 0) - digits) : DUST) * (1 + 1e-9);
  return { number: Number(text), within, coarse: significant < 2 };
}

function check() {
  const typed = $("typed").value;
  if (["", "h"].includes(typed.trim())) {
    hint();
    return;
  }
  const shown = typed.trim().replaceAll("-", "−");
  const answer = reading(typed);
  const { truth, wrong, answer: printed } = lesson.steps[position.k].ask;
  if (!answer) {
    showVerdict([`${shown} is not a number to compare with. Write it as 45, −0.33, 3.5e-4 or 1/3.`], false);
  } else {
    const off = (x) => Math.abs(x - answer.number);
    const right = off(truth) <= answer.within;
    const nearer = wrong.filter(([x]) => off(x) <= answer.within && off(x) < off(truth));
    const exact = off(truth) <= 1e-9 * Math.abs(truth) || off(truth) <= DUST || shown === printed;
    if (right && !nearer.length && (!answer.coarse || exact)) {
      settle([`${shown} is right.`], true);
      return;
    }
    showVerdict(right && !nearer.length ? [`${shown} is right as far as it goes. Give one digit more.`] : named(shown, nearer), false);
  }
  $("typed").select();
}

function named(shown, nearer) {
  const verdicts = [...new Set(nearer.map(([, place]) => place))].map((place) => lesson.mistakes[place]);
  if (!verdicts.length) return [`${shown} is not right, and none of the known mistakes gives it.`];
  return verdicts.flatMap(({ name, words, why }) => [`${shown} ${words}`, `${name}: ${why}`]);
}

function settle(sentences, right) {
  answered.add(position.k);
  show();
  showVerdict(sentences, right);
  $("next").focus();
}
