(() => {
  const { all, element, data, say, rove, chooseMouse, copied, copyText } = page;
  const FATES = { tumor_size: "tumour size", end_of_study: "end of study" };
  const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(0)}`;
  const plain = (value, digits) => value.toFixed(digits).replace("-", "−");

  // What a mark is about: a reading where its points are the mouse's readings, else the mouse or arm.
  const about = (mouse, place) => {
    const one = data.mice[mouse];
    const lines = [`${one.name} · ${data.arms[one.arm]?.name ?? ""}`];
    if (place >= 0 && place < one.days.length) {
      const share = one.base ? `, ${signed(100 * (one.volumes[place] / one.base - 1))} % of baseline` : "";
      const weight = one.weights[place] === null ? "" : `, ${one.weights[place]} g`;
      lines.push(`day ${one.days[place]}: ${plain(one.volumes[place], 0)} ${data.size.unit}${share}${weight}`);
    }
    if (one.event) lines.push(`progressed on day ${plain(one.day, 1)}`);
    if (one.days.length) {
      const why = one.fate ? `: ${FATES[one.fate] ?? one.fate}` : "";
      lines.push(`last seen on day ${one.days.at(-1)}${why}`);
    }
    return lines;
  };
  const aboutArm = (arm) => {
    const lines = [data.arms[arm]?.name ?? ""];
    const rate = data.growth[arm];
    const percent = (value) => (value === null ? "–" : plain(100 * value, 1));
    if (rate?.[0] != null) lines.push(`${percent(rate[0])} % a day (${percent(rate[1])} to ${percent(rate[2])})`);
    return lines;
  };

  // The corners of a path that is written in steps, in units of the drawing.
  const LONG = { m: 2, l: 2, h: 1, v: 1, q: 4, c: 6, z: 1 };
  const corners = (path) => {
    let [x, y] = [0, 0];
    const whole = path.getAttribute("d");
    // Dots are steps of no length under a round pen.
    const drawn = getComputedStyle(path).strokeLinecap === "round" ? whole.replaceAll("v0", "") : whole;
    return [...drawn.matchAll(/([mlhvcqz])([^mlhvcqz]*)/g)].flatMap(([, letter, rest]) => {
      const numbers = (rest.match(/-?(?:\d+\.?\d*|\.\d+)/g) ?? []).map(Number);
      return Array.from({ length: Math.floor(numbers.length / LONG[letter]) }, (_, step) => {
        const own = numbers.slice(step * LONG[letter], (step + 1) * LONG[letter]);
        const [across, down] = letter === "h" ? [own[0], 0] : letter === "v" ? [0, own[0]] : own.slice(-2);
        [x, y] = [x + across, y + down];
        return [x, y];
      });
    });
  };
  const points = (mark) => {
    if (mark.tagName === "use") {
      const own = all("use", mark.closest("[data-mouse]"));
      return own.map((one) => [+one.getAttribute("x"), +one.getAttribute("y")]);
    }
    return mark.tagName === "path" ? corners(mark) : [];
  };
  /** The place of the mouse's reading nearest to the pointer; -1 where the mark has no readings. */
  const reading = (mark, mouse, event) => {
    const one = data.mice[mouse];
    const found = points(mark);
    const weighed = one.weights.flatMap((weight, place) => (weight === null ? [] : [place]));
    const places = found.length === one.days.length ? [...one.days.keys()] : weighed;
    if (!found.length || found.length !== places.length) return -1;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(mark.getScreenCTM().inverse());
    const far = found.map(([x, y]) => (x - at.x) ** 2 + (y - at.y) ** 2);
    return places[far.indexOf(Math.min(...far))];
  };

  const tip = element("div", { id: "tip", hidden: "" });
  document.body.append(tip);
  const showTip = (lines, x, y) => {
    tip.replaceChildren(...lines.map((line) => element("div", {}, line)));
    tip.hidden = false;
    const { offsetWidth: wide, offsetHeight: high } = tip;
    tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - wide - 4))}px`;
    tip.style.top = `${y + 14 + high > innerHeight ? Math.max(4, y - high - 10) : y + 14}px`;
  };
  const hideTip = () => (tip.hidden = true);
  const pointed = (event) => {
    const mark = event.target.closest?.(".drawing svg *, .replay svg *");
    const owner = mark?.closest("[data-arm]");
    if (!owner) return hideTip();
    const { arm, mouse } = owner.dataset;
    const lines = mouse === undefined ? aboutArm(arm) : about(mouse, reading(mark, mouse, event));
    showTip(lines, event.clientX, event.clientY);
  };
  document.addEventListener("pointermove", pointed);
  document.addEventListener("pointerdown", pointed);
  document.addEventListener("scroll", hideTip, true);
  document.addEventListener("click", (event) => {
    const { mouse } = event.target.closest?.("svg [data-mouse]")?.dataset ?? {};
    if (mouse !== undefined) chooseMouse(mouse);
  });

  // By keyboard: arrow keys go through the mice of a figure, or its arms where it has no mice.
  const walk = (drawing) => {
    let at = -1;
    const name = all("[data-mouse]", drawing).length ? "mouse" : "arm";
    const numbers = [...new Set(all(`[data-${name}]`, drawing).map((one) => one.dataset[name]))];
    drawing.addEventListener("keydown", (event) => {
      if (event.target !== drawing) return;
      if (event.key === "ArrowDown") {
        event.preventDefault();
        drawing.parentElement.querySelector(".tools button")?.focus();
      }
      if (event.key === "Enter" && name === "mouse" && at >= 0) chooseMouse(numbers[at]);
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step || !numbers.length) return;
      event.preventDefault();
      at = (at + step + numbers.length) % numbers.length;
      const lines = name === "mouse" ? about(numbers[at], -1) : aboutArm(numbers[at]);
      const shown = all(`[data-${name}="${numbers[at]}"]`, drawing).filter((one) => one.getClientRects().length);
      const box = (shown.at(-1) ?? drawing).getBoundingClientRect();
      showTip(lines, box.right, box.top);
      say(lines.join("; "));
    });
    drawing.addEventListener("blur", hideTip);
  };
  document.addEventListener("keydown", (event) => event.key === "Escape" && hideTip());

  // A figure as a file, without a network.
  const save = (name, blob) => {
    const link = element("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  const standing = (svg) => {
    const copy = svg.cloneNode(true);
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    copy.setAttribute("width", `${width}pt`);
    copy.setAttribute("height", `${height}pt`);
    copy.setAttribute("font-family", "Arial, Helvetica, 'Liberation Sans', sans-serif");
    copy.setAttribute("stroke-linejoin", "round");
    for (const one of copy.querySelectorAll(".dim")) one.setAttribute("opacity", "0.1");
    return new XMLSerializer().serializeToString(copy);
  };
  const picture = (svg) =>
    new Promise((done, failed) => {
      const image = new Image();
      image.onload = () => {
        const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
        const scale = 300 / 72;
        const canvas = element("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
        const pen = canvas.getContext("2d");
        pen.fillStyle = "#fff";
        pen.fillRect(0, 0, canvas.width, canvas.height);
        pen.drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob(done, "image/png");
      };
      image.onerror = failed;
      image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standing(svg))}`;
    });
  const quoted = (value) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = (rows) => rows.map((row) => row.map(quoted).join(",")).join("\n") + "\n";
  const readings = () => [
    ["mouse", "arm", "day", data.size.columns[0], "body_weight_g", data.size.columns[1], "fate"],
    ...data.mice.flatMap((one) =>
      one.days.map((day, place) => [
        ...[one.name, data.arms[one.arm]?.name, day, one.volumes[place], one.weights[place]],
        ...[one.base, one.fate],
      ]),
    ),
  ];
  const cells = (table) =>
    [...table.rows].map((row) =>
      [...row.cells].map((cell) => {
        const bare = cell.cloneNode(true);
        for (const unit of bare.querySelectorAll(".unit")) unit.remove();
        const text = cell.closest("thead") ? bare.textContent : cell.title || bare.textContent;
        return text.trim().replace(/^–$/, "").replace(/^−(?=\d)/, "-");
      }),
    );
  const table = (figure) => {
    const name = data.tables[figure];
    if (name === "tidy") return lines(readings());
    return lines(cells(document.querySelector(`#table-${name.replaceAll("_", "-")} table`)));
  };
  const tools = (figure) => {
    const svg = figure.querySelector("svg");
    const name = figure.id.replace("figure-", "").replaceAll("-", "_");
    const acts = {
      SVG: () => save(`${name}.svg`, new Blob([standing(svg)], { type: "image/svg+xml" })),
      PNG: async () => save(`${name}.png`, await picture(svg)),
      CSV: () => save(`${name}.csv`, new Blob([table(name)], { type: "text/csv" })),
      Copy: async (button) => {
        try {
          await navigator.clipboard.write([new ClipboardItem({ "image/png": await picture(svg) })]);
        } catch {
          await copyText(standing(svg)); // where a browser copies no pictures
        }
        copied(button);
      },
    };
    const row = element("span", { class: "tools", role: "group", "aria-label": "Take this figure" });
    if (!(name in data.tables)) delete acts.CSV; // what is behind it is not in the page
    for (const [label, act] of Object.entries(acts)) {
      const button = element("button", { type: "button", class: "act" }, label);
      button.addEventListener("click", () => act(button));
      row.append(button);
    }
    const buttons = [...row.children];
    rove(buttons);
    buttons[0].tabIndex = -1; // the arrow keys of the figure lead here
    row.addEventListener("keydown", (event) => {
      if (event.key === "ArrowUp") figure.querySelector(".drawing").focus();
    });
    figure.querySelector("figcaption").append(" ", row);
  };
  for (const figure of all("main figure")) {
    walk(figure.querySelector(".drawing"));
    tools(figure);
  }
})();
