"use strict";
// Numbers as Python writes them: twins of graph.number, texts.short and texts.span, held to them by tests.

const INFINITE = { nan: NaN, inf: Infinity, "-inf": -Infinity };
const asNumber = (x) => (typeof x === "string" ? INFINITE[x] : x); // JSON knows no NaN and no infinity

// The digits and the exponent of x > 0, rounded to so many digits; a tie goes to the even digit, as in Python.
function rounded(x, digits) {
  const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  const nearest = mantissa.replace(".", "");
  if (!/^50*e/.test(x.toExponential(20).replace(".", "").slice(digits))) return [nearest, Number(exponent)]; // most are not ties
  const exact = x.toExponential(100).split("e")[0].replace(".", "");
  const tie = /^50*$/.test(exact.slice(digits));
  return tie && Number(exact[digits - 1]) % 2 === 0
    ? [exact.slice(0, digits), Number(x.toExponential(100).split("e")[1])]
    : [nearest, Number(exponent)];
}

// Python's format(x, ".6g").
function general(x, digits) {
  if (Number.isNaN(x)) return "nan";
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  if (!Number.isFinite(x)) return `${sign}inf`;
  if (x === 0) return `${sign}0`;
  const [all, exponent] = rounded(Math.abs(x), digits);
  const significant = all.replace(/0+$/, "");
  if (exponent < -4 || exponent >= digits) {
    const fraction = significant.length > 1 ? `.${significant.slice(1)}` : "";
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${significant[0]}${fraction}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${significant}`;
  const left = all.slice(0, exponent + 1);
  const right = significant.slice(exponent + 1);
  return `${sign}${left}${right ? `.${right}` : ""}`;
}

const minus = (text) => text.replaceAll("-", "−");

function number(x) {
  if (Math.abs(x) < 1e15 && (Number.isInteger(x) || Math.abs(x) >= 1e6)) return whole(roundedToEven(x));
  return minus(general(x, 6));
}

const whole = (x) => minus(BigInt(x).toString());

function roundedToEven(x) {
  const low = Math.floor(x);
  return x - low === 0.5 ? low + (low % 2 === 0 ? 0 : 1) : Math.round(x);
}

function short(x) {
  if (Math.abs(x) < 1e5 && (Math.abs(x) >= 1e3 || Number.isInteger(x))) return number(roundedToEven(x));
  return minus(general(x, 3));
}

const bracketed = (text) => (text.startsWith("−") ? `(${text})` : text);

// A few numbers, or the least and the greatest of many; undefined is not computed.
function span(numbers, write) {
  const known = numbers.filter((x) => x !== undefined);
  if (known.length <= 3) return known.map(write).join(", ");
  const ordered = known.filter((x) => !Number.isNaN(x));
  const ends = ordered.length ? [...new Set([Math.min(...ordered), Math.max(...ordered)].map(write))] : [];
  const strange = ordered.length < known.length ? (ordered.length ? " and nan" : "nan") : "";
  return ends.join(" … ") + strange;
}
