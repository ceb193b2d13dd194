// The start page: the search, and the way to where one was.
{
  const $ = (id) => document.getElementById(id);
  const MOST = 30; // results that are shown
  const KINDS = { lesson: "Lesson", card: "Card", word: "Word" };
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const entries = INDEX.entries.map((entry) => ({
    ...entry,
    plainTitle: plain(entry.title),
    plainAll: plain([entry.title, entry.text, entry.more ?? ""].join(" ")),
  }));

  // How well an entry fits: all words must be in it; a title counts more than a text, the beginning of a word more than its middle,
  // and a short title more than a long one.
  function fit(entry, words) {
    if (!words.every((word) => entry.plainAll.includes(word))) return 0;
    const begins = (text, word) => /(^|[^\p{L}\p{N}])$/u.test(text.slice(0, text.indexOf(word)).slice(-1));
    const points = words.map((word) => {
      if (entry.plainTitle.includes(word)) return begins(entry.plainTitle, word) ? 6 : 4;
      return begins(entry.plainAll, word) ? 2 : 1;
    });
    const whole = entry.plainTitle === words.join(" ") ? 9 : 0;
    return whole + points.reduce((sum, x) => sum + x, 0) / words.length + 2 / (1 + entry.title.length / 20);
  }

  function row(entry) {
    const item = make("li");
    const link = make("a", entry.title);
    link.href = entry.path;
    item.append(make("span", KINDS[entry.kind], { class: "kind" }), link);
    if (entry.kind !== "card") item.append(make("p", entry.text));
    return item;
  }

  function search() {
    const words = plain($("wanted").value).split(/\s+/).filter(Boolean);
    const fitting = words.length ? entries.map((entry) => [fit(entry, words), entry]).filter(([points]) => points) : [];
    fitting.sort(([a], [b]) => b - a);
    $("found").replaceChildren(...fitting.slice(0, MOST).map(([, entry]) => row(entry)));
    const more = fitting.length > MOST ? `, the best ${MOST} of them below` : "";
    $("count").textContent = words.length ? `${fitting.length || "Nothing"} found${more}.` : "";
  }

  const place = kept("place", null);
  if (place && /^lessons\/[^/:]+\/[\w.-]+(#.*)?$/.test(place.path)) {
    $("place").hidden = false;
    $("place-link").href = place.path;
    $("place-link").textContent = place.title;
  }
  $("search").hidden = false; // it needs this script
  $("wanted").addEventListener("input", search);
  $("search").addEventListener("submit", (event) => {
    event.preventDefault();
    $("found").querySelector("a")?.focus();
  });
  search();
}
