// What the rows of the table may call: the twin of `scalars` in namespaces.py. What Python refuses is refused here.

const inf = Infinity; // as Python writes them
const nan = NaN;

class Outside extends Error { // a number outside a row's domain: which operand, or −1 for all of them together
  constructor(operand) {
    super("outside");
    this.operand = operand;
  }
}
class TooLarge extends Error {}

const finite = (y, ...xs) => {
  if (!Number.isFinite(y) && y === y && xs.every(Number.isFinite)) throw new TooLarge();
  return y;
};

// e^(−x²): x² is taken apart, so that its rounding does not grow with it.
function bell(x) {
  const head = Math.fround(x);
  return Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
}

// 2/√π · e^(−x²) · (x + 2x³/3 + 4x⁵/15 + …): nothing cancels.
function erfNearZero(x) {
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * bell(x) * total;
}

// The continued fraction x + (1/2)/(x + 1/(x + (3/2)/(x + …))), from its far end.
function erfcFarOut(x) {
  let tail = x;
  for (let n = Math.ceil(20 + 300 / (x * x)); n > 0; n--) tail = x + n / 2 / tail;
  return bell(x) / (Math.sqrt(Math.PI) * tail);
}

const NEAR = 0.5; // beyond it, 1 − erf would cancel

const xp = {
  exp: (x) => finite(Math.exp(x), x),
  log: Math.log,
  log1p: Math.log1p,
  expm1: (x) => finite(Math.expm1(x), x),
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  abs: Math.abs,
  erf(x) {
    if (x !== x || Math.abs(x) > 6) return x !== x ? x : Math.sign(x);
    if (Math.abs(x) < NEAR) return erfNearZero(x);
    return Math.sign(x) * (1 - erfcFarOut(Math.abs(x)));
  },
  erfc(x) {
    if (x !== x) return x;
    if (x > 28) return 0;
    return x < NEAR ? 1 - xp.erf(x) : erfcFarOut(x);
  },
  maximum: (x, y) => (x >= y || x !== x ? x : y),
  minimum: (x, y) => (x <= y || x !== x ? x : y),
  pow(x, y) {
    if (x !== x || y !== y) return NaN;
    if (Math.abs(x) === 1 && !Number.isFinite(y)) return 1; // JavaScript says NaN
    if (x === 0 && y < 0 && Number.isFinite(y)) return Infinity;
    return finite(x ** y, x, y);
  },
  where: (condition, x, y) => (condition ? x : y), // both are worked out before, as in Python
  square: (x) => finite(x * x, x),
  divide: (x, y) => (y === 0 ? (x < 0 || Object.is(x, -0) ? -Infinity : Infinity) : x / y),
};
