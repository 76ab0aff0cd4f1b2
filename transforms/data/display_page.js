"use strict";
// All text comes from the data block and goes in as text: nothing is ever read as markup.
(function () {
  const quotes = new Map(JSON.parse(document.getElementById("data").textContent).quotes.map((q) => [q.number, q]));
  const about = document.getElementById("about");
  const hint = about.firstElementChild;
  let chosen = null;

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function mark(number, on) {
    for (const part of document.querySelectorAll(`article [data-quote="${number}"], article [data-of~="${number}"]`)) {
      part.classList.toggle("on", on);
      if (part.tagName === "BUTTON") part.setAttribute("aria-pressed", String(on));
    }
  }

  function clear() {
    if (chosen === null) return;
    mark(chosen, false);
    document.body.classList.remove("chosen");
    about.replaceChildren(hint);
    const number = chosen;
    chosen = null;
    if (document.activeElement === document.body) document.getElementById(`ref-${number}`)?.focus();
  }

  function choose(number) {
    const quote = quotes.get(number);
    if (!quote) return;
    if (chosen !== null) mark(chosen, false);
    chosen = number;
    mark(number, true);
    document.body.classList.add("chosen");
    const bar = element("div", undefined, "bar");
    const close = element("button", "Close", "close");
    close.type = "button";
    close.addEventListener("click", clear);
    bar.append(element("h2", `Quote ${number}`), close);
    const facts = element("dl");
    for (const [name, value] of quote.facts) {
      const told = element("dd", value);
      told.dir = "auto";
      facts.append(element("dt", name), told);
    }
    about.replaceChildren(bar, facts);
    // Where the panel lies over the text, the quote must not lie under it.
    document.querySelector(`article mark[data-quote="${number}"]`)?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", (event) => {
    const part = event.target.closest("[data-quote]");
    if (part) choose(Number(part.dataset.quote));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
  });
  document.getElementById("entities").addEventListener("change", (event) => {
    document.body.classList.toggle("plain", !event.target.checked);
  });
  // A link to a quote, such as page.html#ref-3, opens what is known of it.
  const asked = /^#ref-(\d+)$/.exec(location.hash);
  if (asked) choose(Number(asked[1]));
})();
