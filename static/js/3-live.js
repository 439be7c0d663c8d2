/* What others change while somebody looks: parts of the page that say which instruments they show
   (data-live="7,9") fetch themselves anew when the stream says that one of these changed. */
(() => {
  "use strict";
  const PATIENCE = 20000;
  let source = null;
  let watched = "";
  let lost = false;
  let started = false;

  const parts = () => [...document.querySelectorAll("[data-live]")];
  const ids = (part) => part.dataset.live.split(",").filter(Boolean);

  /* Without names, anything may have changed. */
  function changed(names) {
    for (const part of parts()) {
      if (!names || ids(part).some((one) => names.includes(one))) part.dispatchEvent(new Event("elsewhere"));
    }
  }

  function close() {
    source?.close();
    source = null;
  }

  /* A browser has few connections for a site: tabs that nobody sees give theirs back. */
  function listen() {
    if (!started) return;
    const wanted = document.hidden ? "" : [...new Set(parts().flatMap(ids))].sort().join(",");
    if (wanted === watched && (source || !wanted)) return;
    close();
    watched = wanted;
    if (!wanted || !window.EventSource) return;
    source = new EventSource(`/live?instruments=${wanted}`);
    source.addEventListener("open", () => {
      if (lost) changed();
      lost = false;
    });
    source.addEventListener("error", () => { lost = true; });
    source.addEventListener("changed", (event) => changed(event.data.split(",")));
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) lost = true;
    listen();
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    watched = "";
    lost = true;
    listen();
  });
  document.body.addEventListener("htmx:afterSettle", listen);

  // Where the stream does not get through, the page asks from time to time.
  setInterval(() => {
    if (document.hidden || source?.readyState === 1) return;
    changed();
    if (!source || source.readyState === 2) {
      watched = "";
      listen();
    }
  }, PATIENCE);

  // The page itself comes first.
  window.addEventListener("load", () => setTimeout(() => { started = true; listen(); }, 1000));
})();
