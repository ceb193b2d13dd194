// Templates, filled: the marks are those of autograd/player/templates.py. Which number a mark stands for is asked of `read`.

const [MARK, MARK_END, OPENS, CLOSES, TIMES, CALL, LOCAL] = [..."\ue000\ue001\ue002\ue003\ue004\ue005\ue006"];

function fillIn(template, read, write = number) {
  let i = 0;
  let last = ""; // what stands before: a number's text where it was a mark

  function until(end) {
    let text = "";
    while (i < template.length && template[i] !== end) {
      const sign = template[i++];
      if (sign === MARK) {
        const stop = template.indexOf(MARK_END, i);
        last = write(read(template.slice(i, stop)));
        text += last;
        i = stop + 1;
      } else if (sign === OPENS) {
        text += bracketed(until(CLOSES));
      } else if (sign === TIMES) {
        const isNumber = /^−?[0-9.]+$/.test(last);
        const rest = until(end);
        return text + (isNumber && rest.startsWith("(") ? "" : "·") + rest;
      } else {
        text += sign;
        last = "0";
      }
    }
    if (template[i] === end) i++;
    return text;
  }

  return until(undefined);
}

// A mark's number, given how to read one that is no product and no difference of others.
function computed(one) {
  const read = (mark) => (/^[a-z]/.test(mark) ? one(mark) : Number(mark));
  return (mark) => {
    if (/^[a-z][^*]*-[a-z]/.test(mark)) return mark.split("-").map(read).reduce((x, y) => x - y);
    return mark.split("*").map(read).reduce((x, y) => x * y);
  };
}

// An equation without what it says twice, as notation.equals leaves it out.
function equation(text) {
  return [...new Set(text.split(" = ").filter((part) => part !== "" && part !== "−0"))].join(" = ");
}

// A number as Python's repr writes it: 3.0, 1e-07.
function exactly(x) {
  if (!Number.isFinite(x)) return x !== x ? "nan" : x < 0 ? "-inf" : "inf";
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return x.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  const text = Object.is(x, -0) ? "-0" : String(x);
  return text.includes(".") ? text : `${text}.0`;
}
