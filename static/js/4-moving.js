/* Moving a booking on a calendar or a timeline, or making it longer or shorter by its ends. Nothing is
   moved here: it leads to the page that shows what the rules say and asks. Without a mouse: space picks
   a booking up, arrow keys move it, with Shift they move its end, space puts it down, Escape gives up. */
(() => {
  "use strict";
  const QUARTER = 900000;
  const EDGE = 8;
  let carried = null;
  let dropped = false;

  const BEFORE = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function number(element, letter) {
    const name = [...element.classList].find((one) => new RegExp(`^${letter}\\d+$`).test(one));
    return name ? Number(name.slice(1)) : 0;
  }

  class Carried {
    constructor(block) {
      this.block = block;
      this.lane = block.closest(".week-day, .timeline-track");
      this.grid = block.closest(".week, .timeline");
      this.sideways = this.lane.matches(".timeline-track");
      this.rows = number(this.lane.querySelector(".ruler"), "s");
      this.lanes = [...this.grid.querySelectorAll(this.sideways ? `.timeline-track[data-thing="${this.lane.dataset.thing}"]` : ".week-day")];
      this.home = this.lanes.indexOf(this.lane);
      this.step = Math.max(1, Number(this.lane.dataset.step ?? this.grid.dataset.step ?? 15) / 15);
      [this.place, this.size] = [number(block, "p"), number(block, "s")];
      [this.days, this.shift, this.head, this.tail] = [0, 0, 0, 0];
      this.ghost = document.createElement("div");
      block.classList.add("carried");
      this.show();
    }

    /* Quarters along a lane at the pointer, and which lane that is. */
    under(event) {
      const over = document.elementsFromPoint(event.clientX, event.clientY);
      const found = this.lanes.findIndex((lane) => over.includes(lane));
      const lane = this.lanes[found < 0 ? this.home : found];
      const box = lane.getBoundingClientRect();
      const share = this.sideways ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height;
      return { lane: found < 0 ? this.home : found, quarter: Math.floor(share * this.rows) };
    }

    grasp(event) {
      this.from = this.under(event);
      const box = this.block.getBoundingClientRect();
      const [at, start, end] = this.sideways ? [event.clientX, box.left, box.right] : [event.clientY, box.top, box.bottom];
      const edge = Math.min(EDGE, (end - start) / 4);
      this.part = at - start < edge ? "head" : end - at < edge ? "tail" : "whole";
    }

    follow(event) {
      const to = this.under(event);
      const quarters = to.quarter - this.from.quarter;
      const steps = Math.round(quarters / this.step) * this.step;
      if (this.part === "whole") this.set(to.lane - this.from.lane, steps, 0, 0);
      else if (this.part === "head") this.set(0, 0, Math.min(steps, this.size - this.step), 0);
      else this.set(0, 0, 0, Math.max(steps, this.step - this.size));
    }

    /* By key: across and along as seen on the screen. */
    nudge([right, down], longer) {
      const [lanes, steps] = this.sideways ? [down, right] : [right, down];
      if (longer) return this.set(this.days, this.shift, 0, Math.max(this.tail + (steps || lanes) * this.step, this.step - this.size));
      const days = Math.min(Math.max(this.days + lanes, -this.home), this.lanes.length - 1 - this.home);
      this.set(days, this.shift + steps * this.step, 0, this.tail);
    }

    set(days, shift, head, tail) {
      const least = -this.place;
      const most = this.rows - this.place - this.size;
      [this.days, this.shift, this.head, this.tail] = [days, Math.min(Math.max(shift, least), most), head, tail];
      this.show();
    }

    show() {
      const place = Math.max(this.place + this.shift + this.head, 0);
      const size = Math.min(Math.max(this.size - this.head + this.tail, 1), this.rows - place);
      this.ghost.className = `cursor p${place} s${size}`;
      this.ghost.textContent = this.said();
      this.lanes[this.home + this.days].append(this.ghost);
      this.ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
      const voice = this.grid.querySelector("[data-voice]");
      if (voice) voice.textContent = `${this.lanes[this.home + this.days].getAttribute("aria-label")} ${this.said()}`;
    }

    span() {
      const day = Date.parse(this.lanes[this.home + this.days].dataset.day) - Date.parse(this.lane.dataset.day);
      const start = Date.parse(this.block.dataset.from) + day + (this.shift + this.head) * QUARTER;
      const end = Date.parse(this.block.dataset.until) + day + (this.shift + this.tail) * QUARTER;
      return [new Date(start), new Date(end)];
    }

    said() {
      const clock = (moment) => moment.toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });
      return this.span().map(clock).join("–");
    }

    get isMoved() {
      return Boolean(this.days || this.shift || this.head || this.tail);
    }

    drop() {
      const [start, end] = this.span();
      const moved = this.isMoved;
      this.leave();
      if (!moved) return;
      const asked = new URLSearchParams({ start: start.toISOString(), end: end.toISOString() });
      location.assign(`/reservations/${this.block.dataset.moves}/move?${asked}`);
    }

    leave() {
      this.ghost.remove();
      this.block.classList.remove("carried");
      carried = null;
      // What others changed meanwhile was kept away from under the hand.
      this.grid.closest("[data-live]")?.dispatchEvent(new Event("elsewhere"));
    }
  }

  document.addEventListener("pointerdown", (event) => {
    const block = event.target.closest?.("[data-moves]");
    if (!block || event.button !== 0 || event.pointerType === "touch") return;
    dropped = false;
    event.preventDefault();
    block.focus();
    const start = [event.clientX, event.clientY];
    const follow = (moved) => {
      if (!carried && Math.hypot(moved.clientX - start[0], moved.clientY - start[1]) < 5) return;
      if (!carried) {
        carried = new Carried(block);
        carried.grasp(event);
      }
      dropped = true;
      carried.follow(moved);
    };
    const end = (last) => {
      document.removeEventListener("pointermove", follow);
      document.removeEventListener("pointerup", end);
      document.removeEventListener("pointercancel", end);
      if (last.type === "pointerup") carried?.drop();
      else carried?.leave();
    };
    document.addEventListener("pointermove", follow);
    document.addEventListener("pointerup", end);
    document.addEventListener("pointercancel", end);
  });

  // The press that ended a drag follows no link.
  document.addEventListener("click", (event) => {
    if (dropped && event.target.closest?.("[data-moves], .week, .timeline")) event.preventDefault();
    dropped = false;
  }, true);
  document.addEventListener("dragstart", (event) => {
    if (event.target.closest?.("[data-moves]")) event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && carried) return carried.leave();
    const block = event.target.closest?.("[data-moves]");
    if (!block) return;
    if (event.key === " ") {
      event.preventDefault();
      if (carried) carried.drop();
      else carried = new Carried(block);
    } else if (carried && event.key in BEFORE) {
      event.preventDefault();
      carried.nudge(BEFORE[event.key], event.shiftKey);
    }
  });

  document.addEventListener("focusout", (event) => {
    if (carried && event.target === carried.block && !dropped) carried.leave();
  });
})();
