/* Picking a span on a calendar (days downwards) or a timeline (days to the right, a row a thing): drag
   with a mouse, tap start and end, or arrow keys and space. A calendar fills in its form; a timeline
   leads to the thing's page with the span. The grid says where a slot lies by classes (p = first
   quarter of an hour, s = quarters long). */
(() => {
  "use strict";
  const TAKEN = "occupied,mine,request,maintenance,fault,closed,past,next,live,late,done".split(",");

  const two = (number) => String(number).padStart(2, "0");

  class Picker {
    constructor(grid) {
      this.grid = grid;
      this.sideways = grid.dataset.axis === "x";
      this.days = [...grid.querySelectorAll(this.sideways ? ".timeline-track[data-book]" : ".week-day")];
      if (!this.days.length) return;
      this.first = Number(grid.dataset.first) * 4;
      this.rows = place(this.days[0].querySelector(".ruler")).size;
      this.voice = grid.querySelector("[data-voice]");
      this.anchor = null;
      this.at = null;
      grid.addEventListener("pointerdown", (event) => this.press(event));
      grid.addEventListener("pointermove", (event) => this.drag(event));
      grid.addEventListener("pointerup", (event) => this.lift(event));
      grid.addEventListener("pointercancel", () => this.forget());
      grid.addEventListener("click", (event) => this.click(event), true);
      grid.addEventListener("keydown", (event) => this.key(event));
      grid.addEventListener("focus", () => this.say(grid.dataset.help));
      this.recall();
    }

    /* A grid that was fetched anew shows again what is chosen in the form. */
    recall() {
      const value = (selector) => this.form?.querySelector(selector)?.value ?? "";
      const [date, from] = value("[data-span-start]").split("T");
      const [until, to] = value("[data-span-end]").split("T");
      const day = this.days.findIndex((one) => one.dataset.day === date);
      if (day < 0 || !to || this.grid.querySelector(".slot.selected")) return;
      const last = until === date ? this.quarter(to) : this.rows;
      const first = Math.max(this.quarter(from), 0);
      if (last > first) this.select(day, first, Math.min(last, this.rows));
    }

    quarter(clock) {
      const [hours, minutes] = clock.split(":").map(Number);
      return Math.floor((hours * 60 + minutes) / 15) - this.first;
    }

    /* The steps of a day, in quarters. */
    step(day) {
      return Math.max(1, Number(this.days[day]?.dataset.step ?? this.grid.dataset.step) / 15);
    }

    get form() {
      return this.sideways ? null : document.querySelector(this.grid.dataset.pick);
    }

    cell(event) {
      const day = this.days.findIndex((one) => one.contains(event.target));
      return day < 0 ? null : { day, row: this.under(event, day) };
    }

    under(event, day) {
      const box = this.days[day].getBoundingClientRect();
      const share = this.sideways ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height;
      return this.onStep(Math.floor(share * this.rows), day);
    }

    onStep(quarter, day) {
      const step = this.step(day);
      return Math.min(Math.max(quarter - (quarter % step), 0), this.rows - step);
    }

    /* The rows of a day that somebody has, or that are closed. */
    taken(day, from, to) {
      return [...this.days[day].querySelectorAll(".slot")].some((slot) => {
        if (!TAKEN.some((kind) => slot.classList.contains(kind))) return false;
        const { start, size } = place(slot);
        return start < to && from < start + size;
      });
    }

    isFree(cell) {
      return !this.taken(cell.day, cell.row, cell.row + this.step(cell.day));
    }

    press(event) {
      const onBlock = event.target.closest("a:not(.free), .slot.mine");
      if (event.button !== 0 || onBlock || event.pointerType === "touch") return;
      const cell = this.cell(event);
      if (!cell || !this.isFree(cell)) return;
      this.anchor = cell;
      this.moved = false;
      event.preventDefault();
      this.grid.setPointerCapture(event.pointerId);
      this.show(cell);
    }

    drag(event) {
      if (!this.anchor || !this.grid.hasPointerCapture?.(event.pointerId)) return;
      this.moved = true;
      this.show({ day: this.anchor.day, row: this.under(event, this.anchor.day) });
    }

    lift(event) {
      if (!this.anchor || !this.grid.hasPointerCapture?.(event.pointerId)) return;
      this.grid.releasePointerCapture(event.pointerId);
      this.dragged = true;
      setTimeout(() => { this.dragged = false; }, 0);
      this.take();
    }

    /* A press on free time picks it here instead of following its link. */
    click(event) {
      if (event.pointerType === "touch") return this.tap(event);
      if (event.target.closest("a.free") && this.dragged) event.preventDefault();
    }

    /* The first tap chooses one step, a second one below it the time up to there. */
    tap(event) {
      if (event.target.closest("a.slot:not(.free)")) return;
      const cell = this.cell(event);
      if (!cell || !this.isFree(cell)) return;
      event.preventDefault();
      const first = this.tapped;
      const onward = first && first.day === cell.day && cell.row > first.row && !this.taken(cell.day, first.row, cell.row);
      this.anchor = onward ? first : cell;
      this.at = cell;
      this.tapped = onward ? null : cell;
      // A timeline leads away: it waits for the second tap.
      if (this.sideways && !onward) return this.show(cell);
      this.take();
    }

    key(event) {
      if (event.target !== this.grid) return;
      const moves = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
      if (event.key in moves) this.move(...moves[event.key]);
      else if (event.key === " " || event.key === "Enter") this.mark();
      else if (event.key === "Escape") this.forget();
      else return;
      event.preventDefault();
    }

    move(across, along) {
      const from = this.at ?? this.begin();
      const [days, steps] = this.sideways ? [along * this.perRow, across] : [across, along];
      const row = from.row + steps * this.step(from.day);
      let day = this.anchor ? this.anchor.day : Math.min(Math.max(from.day + days, 0), this.days.length - 1);
      const beyond = this.sideways && !this.anchor && (row < 0 || row >= this.rows);
      const next = this.days[day + steps];
      if (beyond && next?.dataset.thing === this.days[day].dataset.thing) {
        day += steps;
        return this.go({ day, row: steps > 0 ? 0 : this.onStep(this.rows - 1, day) });
      }
      this.go({ day, row: this.onStep(Math.max(row, 0), day) });
    }

    go(cell) {
      this.show(cell);
      this.cursor?.scrollIntoView({ block: "nearest", inline: "nearest" });
    }

    get perRow() {
      return this.days.filter((one) => one.dataset.thing === this.days[0].dataset.thing).length;
    }

    begin() {
      const today = this.days.findIndex((day) => day.querySelector(".week-now,.timeline-now"));
      return { day: Math.max(today, 0), row: 0 };
    }

    mark() {
      if (this.anchor) return this.take();
      this.anchor = this.at ?? this.begin();
      if (!this.isFree(this.anchor)) {
        this.anchor = null;
        return this.say(this.grid.dataset.taken);
      }
      this.show(this.anchor);
    }

    span() {
      const from = this.anchor ?? this.at;
      const first = Math.min(from.row, this.at.row);
      return { day: from.day, from: first, to: Math.max(from.row, this.at.row) + this.step(from.day) };
    }

    show(cell) {
      this.at = cell;
      const { day, from, to } = this.span();
      this.cursor ??= document.createElement("div");
      this.cursor.className = `cursor p${from} s${to - from}`;
      this.days[day].append(this.cursor);
      const free = this.taken(day, from, to) ? ` ${this.grid.dataset.taken}` : "";
      this.say(`${this.days[day].getAttribute("aria-label")} ${this.clock(from)}–${this.clock(to)}${free}`);
    }

    take() {
      const { day, from, to } = this.span();
      const date = this.days[day].dataset.day;
      this.forget(true);
      if (this.sideways) {
        const span = new URLSearchParams({ start: instant(date, this.first + from), end: instant(date, this.first + to) });
        return location.assign(`${this.days[day].dataset.book}?${span}`);
      }
      const form = this.form;
      if (!form) return;
      put(form, "[data-span-start]", `${date}T${this.clock(from)}`);
      put(form, "[data-span-end]", this.moment(date, to));
      this.select(day, from, to);
      form.dispatchEvent(new Event("change", { bubbles: true }));
    }

    select(day, from, to) {
      this.grid.querySelectorAll(".slot.selected").forEach((old) => old.remove());
      const block = document.createElement("div");
      block.className = `slot selected p${from} s${to - from}`;
      block.textContent = `${this.clock(from)}–${this.clock(to)}`;
      this.days[day].append(block);
    }

    forget(keepPlace = false) {
      this.anchor = null;
      if (!keepPlace) this.at = null;
      this.cursor?.remove();
      if (this.missed) this.grid.closest("[data-live]")?.dispatchEvent(new Event("elsewhere"));
    }

    clock(quarter) {
      const minutes = (this.first + quarter) * 15;
      return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
    }

    /* The end of a day is the next day's beginning for a date field. */
    moment(date, quarter) {
      if (this.first + quarter < 96) return `${date}T${this.clock(quarter)}`;
      const next = new Date(`${date}T00:00:00Z`);
      next.setUTCDate(next.getUTCDate() + 1);
      return `${next.toISOString().slice(0, 10)}T00:00`;
    }

    say(text) {
      if (this.voice) this.voice.textContent = text;
    }
  }

  function place(element) {
    const number = (letter) => {
      const name = [...element.classList].find((one) => new RegExp(`^${letter}\\d+$`).test(one));
      return name ? Number(name.slice(1)) : 0;
    };
    return { start: number("p"), size: number("s") };
  }

  /* The instant of so many quarters after a local midnight; the zone has no summer time. */
  function instant(date, quarter) {
    return new Date(Date.parse(`${date}T00:00:00+08:00`) + quarter * 900000).toISOString();
  }

  function put(form, selector, value) {
    const input = form.querySelector(selector);
    if (input) input.value = value;
  }

  let latest = null;

  function ready() {
    for (const grid of document.querySelectorAll(".week[data-pick], .timeline[data-axis]")) {
      if (grid.picker) continue;
      grid.picker = new Picker(grid);
      if (latest) [grid.picker.at, grid.picker.tapped] = [latest.at, latest.tapped];
      latest = grid.picker;
    }
  }

  // While somebody is choosing, the calendar under the hand stays.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const picker = event.detail.target.querySelector?.(".week, .timeline")?.picker;
    if (!picker?.anchor && !document.querySelector(".slot.carried")) return;
    event.detail.shouldSwap = false;
    if (picker) picker.missed = true;
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    ready();
    latest?.recall();
  });
  ready();
})();
