"use strict";
// Filters the lines of the report and opens what a link leads to. Without it all lines are shown.
(() => {
  const panel = document.getElementById("filter");
  const lines = [...document.querySelectorAll("[data-verdict]")];
  const boxes = [...panel.querySelectorAll("input")];
  const system = panel.querySelector("select");
  const status = panel.querySelector("[role=status]");
  const chosen = name => new Set(boxes.filter(b => b.name === name && b.checked).map(b => b.value));

  // One information system has its own verdict; a line that was not judged for it has none.
  const verdict = line => {
    if (!system.value) return line.dataset.verdict;
    const own = line.dataset.systems.split(" ").find(part => part.startsWith(system.value + ":"));
    return own ? own.slice(system.value.length + 1) : "";
  };

  const apply = () => {
    const verdicts = chosen("verdict"), bases = chosen("basis");
    for (const line of lines) {
      const fits = verdicts.has(verdict(line)) && bases.has(line.dataset.basis);
      line.classList.toggle("off", !fits);
    }
    for (const part of document.querySelectorAll("[data-holder]")) {
      part.classList.toggle("off", !part.querySelector("[data-verdict]:not(.off)"));
    }
    const rows = lines.filter(line => line.tagName === "TR");
    const shown = rows.filter(line => !line.classList.contains("off"));
    status.textContent = status.dataset.said
      .replace("{shown}", shown.length).replace("{total}", rows.length);
  };

  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let part = target; part; part = part.parentElement) {
      part.classList.remove("off");
      if (part.tagName === "DETAILS") part.open = true;
    }
    target.scrollIntoView();
  };

  panel.addEventListener("change", apply);
  panel.querySelector("button").addEventListener("click", () => {
    for (const box of boxes) box.checked = true;
    if (system) system.value = "";
    apply();
  });
  addEventListener("hashchange", reveal);
  panel.hidden = false;
  apply();
  reveal();
})();
