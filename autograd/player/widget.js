// The page in a notebook, tied to Python: what is changed in either is in the other. The page says of itself where it stands.

function render({ model, el }) {
  const frame = document.createElement("iframe");
  Object.assign(frame, { srcdoc: model.get("page"), title: model.get("title"), width: "100%", height: model.get("height") });
  frame.setAttribute("sandbox", "allow-scripts");
  frame.style.border = "0";
  let shown = null; // the page's numbers

  const ask = (asked) => frame.contentWindow?.postMessage({ chalkgrad: asked }, "*");
  const send = () => {
    const wanted = model.get("values");
    const set = Object.fromEntries(Object.entries(wanted).filter(([name, x]) => shown && shown[name] !== x));
    if (Object.keys(set).length) ask({ set });
  };
  const hear = (event) => {
    if (event.source !== frame.contentWindow || !event.data?.chalkgrad?.values) return;
    const first = shown === null;
    const known = event.data.chalkgrad.values;
    shown = Object.fromEntries(Object.keys(model.get("values")).filter((name) => name in known).map((name) => [name, known[name]]));
    if (first) send(); // Python may have changed them before the page was there
    else if (Object.entries(shown).some(([name, x]) => model.get("values")[name] !== x)) {
      model.set("values", { ...model.get("values"), ...shown });
      model.save_changes();
    }
  };
  window.addEventListener("message", hear);
  model.on("change:values", send);
  const knocking = setInterval(() => (shown ? clearInterval(knocking) : ask({ follow: true })), 100); // until the page can hear
  el.append(frame);
  return () => { clearInterval(knocking); window.removeEventListener("message", hear); model.off("change:values", send); };
}

export default { render };
