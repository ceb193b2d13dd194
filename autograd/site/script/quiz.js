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
  const FURTHER = "This page knows only some: in a terminal the commands quiz and diagnose try more.";

  const checkNumber = (row, k, typed) => {
    const { kind, words, shown, nearer } = judged(typed, asked[k]);
    if (kind === "right") settle(row, k, [words], "right");
    else if (nearer.length) say(row, [...new Set(nearer.map(([, told]) => `${shown} ${told}`))], false);
    else say(row, kind === "wrong" && asked[k].further ? [words, FURTHER] : [words], false);
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
