"use strict";
const page = (() => {
  const all = (query, within = document) => [...within.querySelectorAll(query)];
  const element = (tag, marks = {}, ...inside) => {
    const one = document.createElement(tag);
    for (const [key, value] of Object.entries(marks)) one.setAttribute(key, value);
    one.append(...inside);
    return one;
  };
  const data = JSON.parse(document.getElementById("data").textContent);
  const records = ({ keys, rows }) => rows.map((row) => Object.fromEntries(keys.map((key, at) => [key, row[at]])));
  data.mice = records(data.mice);
  data.claims = records(data.claims);
  // What lies packed in the page, by name; nothing where the browser cannot unpack it.
  const unpacked = async (id) => {
    const packed = document.getElementById(id);
    if (!packed || !("DecompressionStream" in window)) return {};
    const bytes = Uint8Array.from(atob(packed.textContent), (one) => one.charCodeAt(0));
    const whole = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(whole).text());
  };
  const say = (text) => (document.getElementById("said").textContent = text);

  // One stop of the Tab key for several things: arrow keys go from one to the next.
  const rove = (things, forward = ["ArrowRight", "ArrowDown"], back = ["ArrowLeft", "ArrowUp"]) => {
    things.forEach((one, place) => {
      one.tabIndex = place ? -1 : 0;
      one.addEventListener("keydown", (event) => {
        const step = forward.includes(event.key) ? 1 : back.includes(event.key) ? -1 : 0;
        const next = things[place + step];
        if (!step || !next) return;
        event.preventDefault();
        one.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
      });
    });
  };

  // Sorting: headers become buttons; a number is read from what was rounded away, if anything was.
  const key = (row, column) => {
    const cell = row.cells[column];
    const text = (cell.title || cell.textContent).replace("−", "-").replace("<", "").trim();
    const value = parseFloat(text);
    return Number.isNaN(value) ? text : value;
  };
  const isEmpty = (one) => one === "–" || one === "";
  const order = (a, b) => {
    if (isEmpty(a) || isEmpty(b)) return 0;
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), "en", { numeric: true });
  };
  const sort = (header) => {
    const body = header.closest("table").tBodies[0];
    const up = header.getAttribute("aria-sort") !== "ascending";
    for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", up ? "ascending" : "descending");
    const rows = [...body.rows].map((row) => [key(row, header.cellIndex), row]);
    rows.sort(([a], [b]) => isEmpty(a) - isEmpty(b) || (up ? order(a, b) : order(b, a)));
    body.append(...rows.map(([, row]) => row));
  };
  const tables = all("table.sortable");
  const makeButtons = (table) => {
    const buttons = all("thead th", table).map((header) => {
      const button = element("button", { type: "button" }, ...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sort(header));
      return button;
    });
    rove(buttons);
    table.parentElement.removeAttribute("tabindex"); // its buttons can be reached
  };
  tables.forEach(makeButtons);

  // The rows that hold what is typed, in every table.
  const field = document.getElementById("filter");
  const filter = () => {
    const asked = field.value.trim().toLowerCase();
    for (const row of all("table.sortable tbody tr")) {
      row.hidden = !row.textContent.toLowerCase().includes(asked);
    }
    keep();
  };
  field.addEventListener("input", filter);

  // Arms, or one mouse, in all figures and tables.
  const panel = document.getElementById("highlight");
  const mice = document.getElementById("mouse");
  const beside = document.getElementById("beside");
  const buttons = all("[data-choose]", panel);
  const chosen = { arms: new Set(), mouse: "" };
  const isLit = ({ dataset }, arms) =>
    arms.has(dataset.arm) &&
    (chosen.mouse === "" || dataset.mouse === undefined || dataset.mouse === chosen.mouse);
  const show = () => {
    const arms = new Set(chosen.arms);
    if (arms.size && beside.checked) arms.add(String(data.control));
    const marks = all("svg [data-arm]");
    const lit = new Set(marks.filter((mark) => !arms.size || isLit(mark, arms)));
    const holding = new Set();
    for (const mark of lit) {
      for (let up = mark.parentElement; up?.dataset?.arm !== undefined; up = up.parentElement) holding.add(up);
    }
    for (const mark of marks) mark.classList.toggle("dim", !lit.has(mark) && !holding.has(mark));
    for (const row of all("tr[data-arm], tr[data-mouse]")) {
      const { arm, mouse } = row.dataset;
      row.classList.toggle("lit", chosen.mouse === "" ? arms.has(arm) : mouse === chosen.mouse);
    }
    for (const button of buttons) {
      const pressed = chosen.mouse === "" && chosen.arms.has(button.dataset.choose);
      button.setAttribute("aria-pressed", String(pressed));
    }
    mice.value = chosen.mouse;
    const names = [...chosen.arms].map((arm) => data.arms[arm]?.name);
    const mouse = chosen.mouse && `mouse ${data.mice[chosen.mouse].name}`;
    say(names.length ? `Highlighted: ${mouse || names.join(", ")}.` : "Nothing is highlighted.");
    dispatchEvent(new CustomEvent("chosen"));
    keep();
  };
  const choose = (arms, mouse = "") => {
    chosen.arms = new Set(arms.map(String).filter((arm) => arm in data.arms));
    chosen.mouse = String(mouse);
    show();
  };
  const chooseMouse = (mouse) => {
    if (mouse === "" || mouse === chosen.mouse) choose([]);
    else choose([data.mice[mouse].arm], mouse);
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const arms = chosen.mouse ? new Set() : new Set(chosen.arms);
      const arm = button.dataset.choose;
      if (!arms.delete(arm)) arms.add(arm);
      choose([...arms]);
    });
  }
  rove(buttons);
  mice.addEventListener("change", () => chooseMouse(mice.value));
  beside.addEventListener("change", show);
  beside.parentElement.hidden = data.control < 0 || data.arms.length < 2;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen.arms.size) choose([]);
  });

  // The address keeps what is seen, so that a view can be sent.
  const views = {};
  const keep = () => {
    const parts = {
      arms: [...chosen.arms].join(","),
      mouse: chosen.mouse,
      beside: beside.checked ? "1" : "",
      rows: field.value.trim(),
      ...Object.fromEntries(Object.entries(views).map(([name, view]) => [name, view.get()])),
    };
    const said = new URLSearchParams(Object.entries(parts).filter(([, value]) => value !== ""));
    const isView = location.hash.startsWith("#view?");
    if (`${said}` || isView) history.replaceState(null, "", `${said}` ? `#view?${said}` : "#");
  };
  const restore = () => {
    if (!location.hash.startsWith("#view?")) return;
    const said = new URLSearchParams(location.hash.slice(6));
    field.value = said.get("rows") ?? "";
    beside.checked = said.get("beside") === "1";
    const arms = (said.get("arms") ?? "").split(",").filter((arm) => arm in data.arms);
    const mouse = said.get("mouse") ?? "";
    const asked = Object.entries(views).map(([name, view]) => [view, said.get(name)]);
    choose(arms, mouse in data.mice ? mouse : "");
    if (field.value) filter();
    for (const [view, value] of asked) if (value) view.set(value);
  };
  addEventListener("load", restore);
  addEventListener("load", () => {
    // A region that need not be scrolled is no stop.
    for (const one of all(".scroll[tabindex]")) {
      if (one.offsetParent && one.scrollWidth <= one.clientWidth) one.removeAttribute("tabindex");
    }
  });

  panel.hidden = false;
  panel.open = matchMedia("(min-width: 62.01rem)").matches;
  document.body.classList.add("active");
  for (const acts of all(".acts")) acts.hidden = false;
  const copied = (button) => {
    const before = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = before), 1500);
  };
  const copyText = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = element("textarea", { class: "visually-hidden" }, text);
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  for (const button of all("[data-copy]")) {
    button.addEventListener("click", async () => {
      await copyText(document.getElementById(button.dataset.copy).innerText);
      copied(button);
    });
  }

  // On paper headers are text, since a header that is repeated on the next page leaves its buttons
  // out, and what is printed is open; afterwards all is as it was.
  let opened = [];
  addEventListener("beforeprint", () => {
    const everything = location.hash === "#everything";
    opened = all(everything ? "main details:not([open])" : "details.opened:not([open])");
    for (const one of opened) one.open = true;
    for (const header of all("table.sortable thead th")) {
      header.replaceChildren(...header.firstChild.childNodes);
    }
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
    tables.forEach(makeButtons);
  });
  return { all, element, data, unpacked, say, rove, filter, choose, chooseMouse, chosen, views, keep, copied, copyText };
})();
