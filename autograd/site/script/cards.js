// Learning with cards. Each has a box, 1 to 3, and the number of the answer at which it is due again; both are kept in the browser.
{
  const $ = (id) => document.getElementById(id);
  const LATER = [3, 10, 30]; // answers until a card of box 1, 2, 3 comes back
  const { cards } = JSON.parse($("deck").textContent);
  let state = kept("cards", { answers: 0, boxes: {} });
  let here = null;

  const mine = () => cards.filter((card) => !$("which").value || card.lesson === $("which").value);

  // What is due, first; then what is new; then what comes soonest.
  function next() {
    const seen = mine().filter((card) => card.id in state.boxes).sort((a, b) => state.boxes[a.id].due - state.boxes[b.id].due);
    const due = seen.find((card) => state.boxes[card.id].due <= state.answers);
    return due ?? mine().find((card) => !(card.id in state.boxes)) ?? seen[0] ?? null;
  }

  function show(card, open = false) {
    here = card;
    $("front").textContent = card?.front ?? "There is no card.";
    $("back").textContent = card?.back ?? "";
    $("back").hidden = !open;
    $("reveal").hidden = open || !card;
    $("again").hidden = $("good").hidden = !open;
    showBoxes();
  }

  function showBoxes() {
    const count = (box) => mine().filter((card) => (state.boxes[card.id]?.box ?? 0) === box).length;
    const names = ["new", "box 1", "box 2", "box 3"];
    const now = state.boxes[here?.id]?.box ?? 0;
    $("boxes").replaceChildren(...names.map((name, box) => {
      const item = make("li", `${name}: ${count(box)}`, { "data-box": box });
      if (here && box === now) item.setAttribute("aria-current", "true");
      return item;
    }));
  }

  function answer(good) {
    const before = state.boxes[here.id]?.box ?? 0;
    const box = good ? Math.min(before + 1, 3) : 1;
    state.answers += 1;
    state.boxes[here.id] = { box, due: state.answers + (good ? LATER[box - 1] : LATER[0]) };
    save();
    const last = here;
    const following = next();
    show(following === last ? mine().find((card) => card !== last) ?? last : following);
    $("reveal").focus();
  }

  function save() {
    const known = keep("cards", state);
    $("kept").textContent = known ? "" : "This browser keeps nothing for these pages: export your boxes before you leave.";
  }

  function open() {
    show(here, true);
    $("good").focus();
  }

  function exported() {
    const link = make("a", "", { download: "cards-boxes.json" });
    link.href = URL.createObjectURL(new Blob([JSON.stringify(state, null, 1)], { type: "application/json" }));
    link.click();
    URL.revokeObjectURL(link.href);
    $("kept").textContent = "Exported as cards-boxes.json.";
  }

  const isBox = (given) => [1, 2, 3].includes(given?.box) && Number.isFinite(given.due);

  async function imported() {
    try {
      const given = JSON.parse(await $("import").files[0].text());
      if (!Number.isFinite(given.answers) || !Object.values(given.boxes).every(isBox)) throw new TypeError("boxes");
      state = { answers: given.answers, boxes: given.boxes };
      save();
      show(next());
      $("kept").textContent = `Imported: ${Object.keys(state.boxes).length} cards.`;
    } catch {
      $("kept").textContent = "That file holds no boxes. Choose one that was exported here, cards-boxes.json.";
    }
    $("import").value = "";
  }

  function reset() {
    state = { answers: 0, boxes: {} };
    save();
    show(next());
  }

  // The address may name a lesson, or one card: #lesson=tiny-network, #card=0123456789.
  function fromAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const card = cards.find(({ id }) => id === asked.get("card"));
    $("which").value = [...$("which").options].some(({ value }) => value === asked.get("lesson")) ? asked.get("lesson") : "";
    show(card ?? next());
  }

  const onClick = { reveal: open, again: () => answer(false), good: () => answer(true), export: exported, reset };
  for (const [id, act] of Object.entries(onClick)) $(id).addEventListener("click", act);
  $("import").addEventListener("change", imported);
  $("which").addEventListener("change", () => show(next()));
  addEventListener("hashchange", fromAddress);
  addEventListener("keydown", (event) => {
    if (event.target.closest("button, select, input, a") || event.ctrlKey || event.metaKey || event.altKey) {
      if (!["1", "2"].includes(event.key) || event.target.closest("select, input")) return;
    }
    if (event.key === " " && !$("reveal").hidden) { event.preventDefault(); open(); }
    if (event.key === "1" && !$("again").hidden) answer(false);
    if (event.key === "2" && !$("good").hidden) answer(true);
  });
  fromAddress();
}
