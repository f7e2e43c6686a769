"use strict";
(() => {
  const all = (query, within = document) => [...within.querySelectorAll(query)];

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
  const headers = all("table.sortable thead th");
  const makeButton = (header) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => sort(header));
  };
  headers.forEach(makeButton);

  // One arm or one mouse in all figures and tables.
  const panel = document.getElementById("highlight");
  const mice = document.getElementById("mouse");
  const marks = all("svg [data-arm]");
  const rows = all("tr[data-arm], tr[data-mouse]");
  let chosen = ["", ""];
  const highlight = (arm, mouse) => {
    chosen = [arm, mouse];
    const isOn = ({ dataset }) =>
      dataset.arm === arm && (mouse === "" || dataset.mouse === undefined || dataset.mouse === mouse);
    const lit = new Set(marks.filter((mark) => arm === "" || isOn(mark)));
    for (const mark of marks) {
      const holdsLit = all("[data-arm]", mark).some((inner) => lit.has(inner));
      mark.classList.toggle("dim", !lit.has(mark) && !holdsLit);
    }
    for (const row of rows) {
      const own = mouse === "" ? row.dataset.arm === arm : row.dataset.mouse === mouse;
      row.classList.toggle("lit", arm !== "" && own);
    }
    for (const button of all("[data-choose]", panel)) {
      button.setAttribute("aria-pressed", String(mouse === "" && button.dataset.choose === arm));
    }
    mice.value = mouse;
    const name = mouse ? `mouse ${mice.selectedOptions[0].textContent}` : "";
    const group = arm ? all(`[data-choose="${arm}"]`, panel)[0].textContent : "";
    document.getElementById("said").textContent =
      arm === "" ? "Nothing is highlighted." : `Highlighted: ${name || group}.`;
  };
  for (const button of all("[data-choose]", panel)) {
    button.addEventListener("click", () => {
      const again = chosen[0] === button.dataset.choose && chosen[1] === "";
      highlight(again ? "" : button.dataset.choose, "");
    });
  }
  mice.addEventListener("change", () => {
    highlight(mice.value === "" ? "" : mice.selectedOptions[0].dataset.of, mice.value);
  });
  for (const curve of all("svg [data-mouse]")) {
    curve.addEventListener("click", () => {
      const { arm, mouse } = curve.dataset;
      highlight(chosen[1] === mouse ? "" : arm, chosen[1] === mouse ? "" : mouse);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen[0] !== "") highlight("", "");
  });
  panel.hidden = false;
  panel.open = matchMedia("(min-width: 62.01rem)").matches;
  document.body.classList.add("active");

  // On paper headers are text, since a header that is repeated on the next page leaves its buttons
  // out, and what is printed is open; afterwards all is as it was.
  let opened = [];
  addEventListener("beforeprint", () => {
    const everything = location.hash === "#everything";
    opened = all(everything ? "main details:not([open])" : "details.opened:not([open])");
    for (const one of opened) one.open = true;
    for (const header of headers) header.replaceChildren(...header.firstChild.childNodes);
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
    headers.forEach(makeButton);
  });
})();
