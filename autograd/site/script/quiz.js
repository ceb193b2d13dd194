// The questions of a lesson: check, hint, reveal, and how many were right.
{
  const { asked } = JSON.parse(document.getElementById("questions").textContent);
  const results = asked.map(() => ""); // "", right or shown

  const say = (row, sentences, right) => {
    const place = row.querySelector(".verdict");
    place.classList.toggle("right", right);
    place.replaceChildren(...sentences.map((sentence) => make("p", sentence)));
  };

  const settle = (row, k, sentences, result) => {
    results[k] ||= result;
    say(row, [...sentences, ...asked[k].solution], true);
    const count = (wanted) => results.filter((one) => one === wanted).length;
    const shown = count("shown") ? ` Shown: ${count("shown")}.` : "";
    document.getElementById("score").textContent = `Right: ${count("right")} of ${asked.length}.${shown}`;
  };

  const checkChoice = (row, k, typed) => {
    if (Number(typed) === asked[k].truth) settle(row, k, ["That is right."], "right");
    else say(row, [asked[k].choices[Number(typed)]], false);
  };

  // Python can try mistakes on a graph that are not in this page.
  const notFound = (shown, further) => [
    `${shown} is not right, and none of the known mistakes gives it.`,
    ...(further ? ["This page knows only some: in a terminal the commands quiz and diagnose try more."] : []),
  ];

  const checkNumber = (row, k, typed) => {
    const answer = reading(typed);
    if (!answer) {
      say(row, [`${minus(typed.trim())} is not a number, so there is no number to compare with. Write it as 45, −0.33, 3.5e-4 or 1/3.`], false);
      return;
    }
    const kind = verdictOn(answer, asked[k].truth, asked[k].wrong.map(([x]) => x));
    const nearer = [...new Set(asked[k].wrong.filter(([x]) => fits(answer, x)).map(([, words]) => `${answer.shown} ${words}`))];
    if (kind === "right") settle(row, k, [`${answer.shown} is right.`], "right");
    else if (kind === "coarse") say(row, [`${answer.shown} is right as far as it goes. Give one digit more.`], false);
    else say(row, nearer.length ? nearer : notFound(answer.shown, asked[k].further), false);
  };

  const hint = (row, k) => {
    const given = row.querySelector(".hints");
    const next = asked[k].hints[given.children.length];
    if (next) given.append(make("li", next));
    else say(row, ["There are no more hints."], false);
  };

  document.querySelectorAll(".quiz > li").forEach((row, k) => {
    const form = row.querySelector("form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const typed = new FormData(form).get(`a${k}`)?.trim();
      if (!typed) hint(row, k);
      else (asked[k].choices.length ? checkChoice : checkNumber)(row, k, typed);
    });
    form.querySelector("[value=hint]").addEventListener("click", () => hint(row, k));
    form.querySelector("[value=reveal]").addEventListener("click", () => settle(row, k, [`It is ${asked[k].key}.`], "shown"));
  });
}
