/* Small things that pages cannot do alone. Everything here also works, more slowly, without it. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  let scrolled = {};

  function toast(text) {
    const box = $("#toasts");
    if (!box || !text) return;
    const word = document.createElement("div");
    word.className = "toast";
    word.textContent = text;
    box.append(word);
    setTimeout(() => word.remove(), 6000);
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-print],[data-dialog],[data-copy],[data-unfold]");
    if (!target) return closeMenus(event.target);
    if (target.hasAttribute("data-print")) window.print();
    if (target.hasAttribute("data-unfold")) fold(target.closest("details"));
    if (target.dataset.dialog) document.getElementById(target.dataset.dialog)?.showModal();
    if (target.dataset.copy) navigator.clipboard?.writeText(target.dataset.copy).then(() => toast(target.dataset.said));
  });

  /* The map of a week is one stop of the tab key; arrows lead on to the next cell that leads on. */
  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  for (const map of document.querySelectorAll("table.heat.leads")) {
    const [first, ...others] = map.querySelectorAll("a");
    for (const link of others) link.tabIndex = -1;
    /* Where only part of it has room, the first hours in which there is something. */
    const earliest = Math.min(...[first, ...others].map((link) => link.closest("td").cellIndex));
    map.parentElement.scrollLeft = (earliest - 2) * 26;
    map.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      let cell = event.target.closest("td");
      if (!step || !cell) return;
      event.preventDefault();
      do {
        cell = map.rows[cell.parentNode.rowIndex + step[0]]?.cells[cell.cellIndex + step[1]];
      } while (cell && !cell.querySelector("a"));
      const link = cell?.querySelector("a");
      if (!link) return;
      for (const other of map.querySelectorAll("a")) other.tabIndex = other === link ? 0 : -1;
      link.focus();
    });
  }

  function closeMenus(inside) {
    for (const open of document.querySelectorAll("details.more[open]")) {
      if (!open.contains(inside)) open.open = false;
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = event.target.closest?.("details.more[open],details.confirm[open],details.menu[open]");
    if (open) fold(open);
  });

  function fold(details) {
    details.open = false;
    $("summary", details).focus();
  }

  // What a press unfolds before the page takes the focus, and only there does Tab go on.
  document.addEventListener("toggle", (event) => {
    const details = event.target;
    if (details.matches?.("details.confirm") && details.open) $("input, button", $(".sheet", details))?.focus();
  }, true);

  // A second press while the first is under way must not ask twice.
  document.addEventListener("submit", (event) => {
    if (event.target.method === "dialog" || event.defaultPrevented) return;
    const button = event.submitter;
    if (!button || event.target.hasAttribute("hx-post")) return;
    setTimeout(() => { button.disabled = true; }, 0);
    setTimeout(() => { button.disabled = false; }, 8000);
  });

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("button[disabled][type=submit]").forEach((button) => { button.disabled = false; });
  });

  document.body.addEventListener("toast", (event) => toast(event.detail.text));

  // What was refused before says nothing about what is asked now.
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb !== "get") $("#problems")?.replaceChildren();
  });

  // The week that is replaced under the eyes of its reader stays where it was scrolled to.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const week = $(".week", event.detail.target);
    if (week) scrolled = { week: firstDay(week), left: week.scrollLeft };
  });

  document.body.addEventListener("htmx:afterSettle", (event) => ready(event.detail.elt));

  // Whoever was refused should see at once what has changed; see `refused from:body` in templates.
  document.body.addEventListener("htmx:responseError", () => document.body.dispatchEvent(new Event("refused")));

  document.body.addEventListener("htmx:sendError", () => {
    toast(document.body.dataset.offline);
  });

  function firstDay(week) {
    return $(".week-day", week)?.dataset.day;
  }

  // On a narrow screen a week begins with today; what is past lies to the left.
  function showToday(week) {
    const today = $(".week-head.today", week);
    if (scrolled.week === firstDay(week)) week.scrollLeft = scrolled.left;
    else if (today) week.scrollLeft = today.offsetLeft - $(".week-hours", week).offsetWidth;
  }

  function ready(root) {
    for (const week of root.querySelectorAll?.(".week") ?? []) showToday(week);
    for (const button of root.querySelectorAll?.("[data-print],[data-unfold]") ?? []) button.hidden = false;
    for (const now of root.querySelectorAll?.(".timeline-now") ?? []) {
      const frame = now.closest(".timeline");
      frame.scrollLeft = now.getBoundingClientRect().left - frame.getBoundingClientRect().left - frame.clientWidth / 2;
    }
    const problem = root.matches?.("#problems") ? $("[data-problem]", root) : $("#problems [data-problem]", root);
    if (problem) {
      problem.focus({ preventScroll: true });
      problem.scrollIntoView({ block: "nearest" });
    }
  }

  ready(document);
})();
