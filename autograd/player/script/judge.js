// The rule of autograd/explain/answers.py, and a test that they agree.

const DUST = 1e-12; // what rounding leaves of a zero

// What is typed: how it is shown, its number, its significant digits, and half a unit of its last digit.
function reading(typed) {
  const text = typed.trim().replaceAll("−", "-");
  const shown = minus(text);
  const fraction = /^([+-]?\d+)\s*\/\s*(\d+)$/.exec(text);
  if (fraction && Number(fraction[2]) !== 0) {
    return { shown, number: Number(fraction[1]) / Number(fraction[2]), digits: 2, half: 0 };
  }
  const decimal = /^[+-]?(\d+\.?(\d*)|\.(\d+))(?:e([+-]?\d+))?$/i.exec(text);
  if (!decimal) return null;
  const decimals = (decimal[2] ?? decimal[3] ?? "").length;
  const digits = decimal[1].replace(".", "").replace(/^0+/, "").length;
  return { shown, number: Number(text), digits, half: digits ? 0.5 * 10 ** (Number(decimal[4] ?? 0) - decimals) : 0 };
}

const off = (answer, x) => Math.abs(x - answer.number);
const isExactly = (answer, x) => off(answer, x) <= Math.max(1e-9 * Math.abs(x), DUST) || answer.shown === number(x);
const fits = (answer, x) => isExactly(answer, x) || off(answer, x) <= answer.half * (1 + 1e-9);

function verdictOn(answer, truth, wrong) {
  if (isExactly(answer, truth)) return "right";
  if (wrong.some((x) => isExactly(answer, x)) || !fits(answer, truth)) return "wrong";
  if (answer.digits >= 2) return "right";
  return off(answer, truth) < answer.half * (1 - 1e-9) ? "coarse" : "wrong";
}

// What is typed, judged: its verdict in a word and in a sentence, and the mistakes that give this number.
function judged(typed, { truth, wrong }) {
  const answer = reading(typed);
  if (!answer) {
    const words = `${minus(typed.trim())} is not a number, so there is no number to compare with. Write it as 45, −0.33, 3.5e-4 or 1/3.`;
    return { kind: "unread", words, nearer: [] };
  }
  const { shown } = answer;
  const kind = verdictOn(answer, truth, wrong.map(([x]) => x));
  const words = {
    right: `${shown} is right.`,
    coarse: `${shown} is right as far as it goes. Give one digit more.`,
    wrong: `${shown} is not right, and none of the known mistakes gives it.`,
  }[kind];
  return { kind, words, shown, nearer: kind === "wrong" ? wrong.filter(([x]) => fits(answer, x)) : [] };
}
