// The strip above the buttons: the sentence and its formula, or a text of the story, or a question; always wholly visible.

const MOST_OF_WINDOW = 0.44; // of its height: a longer strip gets smaller letters
const SIZES = [1, 0.92, 0.85, 0.78, 0.72, 0.66, 0.6, 0.54];

function showStrip(state, stop) {
  const story = stop.text !== null;
  const written = story && lesson.formulas?.[stop.text];
  const table = story && !written && stop.text.includes("\n");
  const text = () => (written ? formula(written) : table ? [] : [document.createTextNode(stop.text)]);
  fill($("words"), story ? text() : marked(state.words));
  $("words").classList.toggle("story", story);
  fill($("lines"), story ? [] : state.lines.map((line) => make("p", line)));
  $("skipped").textContent = story ? "" : state.skipped;
  $("skipped").hidden = story || !state.skipped;
  $("card").hidden = !table;
  $("card").textContent = table ? stop.text : "";
  showQuestion(story ? null : state.ask);
  fitStrip();
}

// Letters as large as they can be: all of the strip is seen, and the graph keeps its share of the window.
function fitStrip() {
  const strip = $("strip");
  for (const size of SIZES) {
    strip.style.setProperty("--fit", size);
    if (strip.offsetHeight <= MOST_OF_WINDOW * window.innerHeight && $("words").scrollWidth <= $("words").clientWidth) break; // a formula does not wrap
  }
  const card = $("card");
  card.style.fontSize = "";
  for (let size = 20; size > 8 && !card.hidden && (card.scrollWidth > card.clientWidth || card.scrollHeight > card.clientHeight); size--) card.style.fontSize = `${size - 1}px`;
}
