(() => {
  // The study as it looked on a day: growth, best response, every mouse, progression.
  const { all, element, data, views, keep, chosen } = page;
  const box = document.getElementById("replay");
  const days = [...new Set(data.mice.flatMap((one) => one.days))].sort((a, b) => a - b);
  if (!box || days.length < 2 || days.at(-1) <= 0) return;
  const last = days.at(-1);
  const logs = (value) => Math.log(Math.max(value, 1));
  const volumes = data.mice.flatMap((one) => one.volumes).filter((one) => one > 0);
  const [low, high] = [Math.min(...volumes), Math.max(...volumes)];
  const arms = [...data.arms.keys()];
  const of = (arm) => data.mice.filter((one) => one.arm === arm && one.days.length);
  const upTo = (one, day) => one.days.findLastIndex((each) => each <= day);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

  const growth = (day) => {
    const ticks = Array.from({ length: 16 }, (_, power) => 10 ** power).flatMap((one) => [one, 3 * one])
      .filter((one) => one >= low / 1.5 && one <= high * 1.5).map((one) => [logs(one), one]);
    const { svg, line } = draw.frame(`${data.size.name}: mice on study; dotted: those that left, too`, [0, last], [logs(low), logs(high)], ticks);
    for (const arm of arms) {
      const seen = days.filter((one) => one >= 0 && one <= day);
      const kept = [];
      const every = [];
      for (const each of seen) {
        const now = of(arm).map((one) => [one, upTo(one, each)]).filter(([, at]) => at >= 0);
        const measured = now.filter(([one, at]) => one.days[at] === each);
        if (measured.length) kept.push([each, mean(measured.map(([one, at]) => logs(one.volumes[at])))]);
        // A mouse that left keeps its last volume; one that is only not measured today as well.
        if (now.length) every.push([each, mean(now.map(([one, at]) => logs(one.volumes[at])))]);
      }
      line(every, arm, { "stroke-dasharray": "2 3", "stroke-width": 1.2 });
      line(kept, arm);
    }
    return svg;
  };
  const best = (one, day) => {
    const seen = one.days.map((each, at) => [each, one.volumes[at]]);
    const judged = seen.filter(([each]) => each >= data.first && each <= day);
    if (!one.base || !judged.length) return null;
    return 100 * (Math.min(...judged.map(([, volume]) => volume)) / one.base - 1);
  };
  const waterfall = (day) => {
    const ticks = [-100, -50, 0, 50, 100].map((one) => [one, `${one} %`.replace("-", "−")]);
    const bars = arms.flatMap((arm) =>
      data.mice.map((one, mouse) => [one, mouse, best(one, day)])
        .filter(([one, , value]) => one.arm === arm && value !== null)
        .sort(([, , a], [, , b]) => b - a),
    );
    const { svg, x, y } = draw.frame("Best response so far", [0, Math.max(bars.length, 1)], [-100, 100], ticks, "");
    bars.forEach(([one, mouse, value], place) => {
      const [from, to] = [y(0), y(Math.min(value, 100))];
      const wide = x(place + 0.85) - x(place);
      svg.append(draw.part("rect", {
        ...{ x: x(place), y: Math.min(from, to), width: wide, height: Math.abs(to - from) || 0.5 },
        ...{ fill: draw.colour(one.arm), "data-arm": one.arm, "data-mouse": mouse },
      }));
    });
    return svg;
  };
  const spider = (day) => {
    const ticks = [-3, -2, -1, 0, 1, 2, 3].map((one) => [one, one < 0 ? `1/${2 ** -one}` : 2 ** one]);
    const { svg, line } = draw.frame("Each mouse, times its baseline", [0, last], [-3.5, 3.5], ticks);
    data.mice.forEach((one, mouse) => {
      if (!one.base) return;
      const seen = one.days.map((each, at) => [each, Math.log2(Math.max(one.volumes[at], 1) / one.base)]);
      const shown = seen.filter(([each]) => each >= 0 && each <= day);
      const kept = shown.map(([each, value]) => [each, Math.max(-3.5, Math.min(3.5, value))]);
      if (kept.length) line(kept, one.arm, { "data-mouse": mouse, "stroke-width": 0.9, "stroke-opacity": 0.7 });
    });
    return svg;
  };
  const progression = (day) => {
    const ticks = [0, 0.5, 1].map((one) => [one, `${100 * one} %`]);
    const { svg, line } = draw.frame("Mice without progression", [0, last], [0, 1], ticks);
    for (const arm of arms) line(draw.curve(arm, day), arm);
    return svg;
  };

  const slider = element("input", { type: "range", min: days.find((one) => one >= 0), max: last, step: 1, value: last, id: "day" });
  const play = element("button", { type: "button", class: "act" }, "Play");
  const label = element("label", { for: "day" }, "Day ");
  const told = element("output", { for: "day" });
  const plots = element("div", { class: "plots" });
  box.append(element("p", { class: "scrub" }, label, slider, " ", play, " ", told), plots);
  const render = () => {
    const day = +slider.value;
    const on = data.mice.filter((one) => one.days.length && one.days.at(-1) >= day).length;
    const gone = arms.map((arm) => [arm, of(arm).filter((one) => one.days.at(-1) < day).length]).filter(([, count]) => count);
    const left = gone.map(([arm, count]) => `${count} of ${data.arms[arm].short}`).join(", ");
    told.textContent = `${day}: ${on} mice on study${left ? `; left: ${left}` : ""}`;
    plots.replaceChildren(...[growth, waterfall, spider, progression].map((one) => one(day)));
    if (chosen.arms.size) {
      for (const mark of all("[data-arm]", plots)) {
        const { arm, mouse } = mark.dataset;
        const other = chosen.mouse && mouse !== undefined && mouse !== chosen.mouse;
        mark.classList.toggle("dim", !chosen.arms.has(arm) || other);
      }
    }
    keep();
  };
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  };
  play.addEventListener("click", () => {
    if (timer) return stop();
    if (+slider.value >= last) slider.value = slider.min;
    play.textContent = "Stop";
    const next = () => {
      const day = days.find((one) => one > +slider.value);
      if (day === undefined) return stop();
      slider.value = day;
      render();
    };
    timer = setInterval(next, matchMedia("(prefers-reduced-motion: reduce)").matches ? 1500 : 350);
  });
  slider.addEventListener("input", () => { stop(); render(); });
  const holder = box.closest("details");
  box.closest("section").hidden = false;
  holder.addEventListener("toggle", () => (holder.open ? render() : stop()));
  views.day = {
    get: () => (holder.open ? slider.value : ""),
    set: (day) => { slider.value = day; holder.open = true; },
  };
})();
(() => {
  // Every claim without a mouse, by choosing the mouse.
  const { all, element, data, chosen, chooseMouse } = page;
  const box = document.getElementById("without");
  if (!box || !data.without.length) return;
  const select = element("select", { id: "left-out" }, element("option", { value: "" }, "choose a mouse"));
  data.mice.forEach((one, mouse) => select.append(element("option", { value: mouse }, `${one.name}, ${data.arms[one.arm]?.short ?? ""}`)));
  const answer = element("div", { role: "status" });
  const p = (value) => (value === null ? "–" : value < 1e-4 ? "< 0.0001" : String(+value.toPrecision(2)));
  const without = (claim, mouse) => (mouse in claim.each ? claim.each[mouse] : claim.p); // others change nothing
  const verdict = (claim, mouse) => (claim.turned.includes(+mouse) ? "▲ turns" : "■ stays");
  const line = (claim, mouse) =>
    element("tr", {}, element("th", { scope: "row" }, claim.contrast), element("td", { class: "n" }, p(claim.p)),
      element("td", { class: "n" }, p(without(claim, mouse))), element("td", {}, verdict(claim, mouse)));
  // In place: behind the numbers of each sentence that claims something of growth.
  const beside = () => {
    for (const old of all(".without-it")) old.remove();
    const { mouse } = chosen;
    if (mouse === "") return;
    for (const number of all(".numbers[data-claims]")) {
      const stated = number.dataset.claims.split(" ").map((place) => data.claims[place]);
      const growth = stated.find((one) => one?.outcome === "growth_rate");
      const claim = growth && data.without.find(({ arm, against }) => arm === growth.arm && against === growth.against);
      if (!claim) continue;
      const told = ` without ${data.mice[mouse].name} p = ${p(without(claim, mouse))}, ${verdict(claim, mouse)}`.replace("= <", "<");
      number.after(element("span", { class: "without-it" }, told));
    }
  };
  const show = () => {
    select.value = chosen.mouse;
    const one = data.mice[chosen.mouse];
    beside();
    if (chosen.mouse === "" || !one) return answer.replaceChildren();
    const head = element("tr", {}, ...["claim on growth", "p with all", `p without ${one.name}`, "verdict"].map((text) => element("th", { scope: "col" }, text)));
    const rate = data.growth[one.arm]?.[0];
    const percent = (value) => (100 * value).toFixed(2).replace("-", "−");
    const moved = one.rate === null || rate == null ? "" :
      `Rate of ${data.arms[one.arm].name}: ${percent(rate)} % a day, without ${one.name} ${percent(one.rate)} (${Math.abs(one.errors).toFixed(2)} standard errors).`;
    const rows = data.without.map((claim) => line(claim, chosen.mouse));
    answer.replaceChildren(element("p", {}, moved), element("table", { class: "without" }, element("thead", {}, head), element("tbody", {}, ...rows)));
  };
  select.addEventListener("change", () => chooseMouse(select.value));
  addEventListener("chosen", show);
  box.append(element("label", { for: "left-out" }, "Each claim without one mouse: "), select, answer);
  box.hidden = false;
})();
(() => {
  // A number in a sentence draws what it is of: days as the area between two curves, rates as a fan.
  const { all, element, data, choose, rove } = page;
  const noun = data.size.noun[0].toUpperCase() + data.size.noun.slice(1);
  const words = { growth_rate: `${noun} relative to`, log_hazard: "Mice without progression", rmst_days: "Mice without progression" };
  const RATES = ["growth_rate", "late_rate", "bliss", "bliss_doublet", "hsa", "hsa_doublet", "interaction"];
  const name = (arm) => data.arms[arm]?.short ?? "what is expected";
  const area = (claim) => {
    const until = claim.until ?? Math.max(...data.mice.map((one) => one.day ?? 0));
    const cut = (steps) => steps.filter(([day]) => day <= until);
    const [one, other] = [claim.arm, claim.against].map((arm) => cut(draw.curve(arm, until)));
    const { svg, x, y, line } = draw.frame(`${words.rmst_days}: ${name(claim.arm)}, ${name(claim.against)}`, [0, until], [0, 1], [[0, "0 %"], [0.5, "50 %"], [1, "100 %"]]);
    const end = (steps) => [...steps, [until, steps.at(-1)[1]]];
    const around = [...end(one), ...end(other).reverse()];
    svg.append(draw.part("path", { class: "between", d: `M${around.map(([a, b]) => `${x(a)} ${y(b)}`).join("L")}Z` }));
    line(end(one), claim.arm);
    line(end(other), claim.against);
    return svg;
  };
  const fan = (claim) => {
    const until = (claim.until ?? 0) - (claim.from ?? 0) || 28;
    const ends = [claim.low, claim.estimate, claim.high].map((rate) => (rate ?? claim.estimate) * until);
    const reach = Math.max(...ends.map(Math.abs), 0.7);
    const ticks = [-5, -3, -2, -1, 0, 1, 2, 3, 5].map((power) => [power * Math.LN2, power < 0 ? `1/${2 ** -power}` : `${2 ** power}`]).filter(([value]) => Math.abs(value) <= reach);
    const against = claim.against < 0 ? "what the parts predict" : name(claim.against);
    const { svg, x, y, line } = draw.frame(`${noun} of ${name(claim.arm)}, times that of ${against}`, [0, until], [-reach, reach], ticks);
    const corner = (value) => `${x(until)} ${y(value)}`;
    svg.append(draw.part("path", { class: "between", d: `M${x(0)} ${y(0)}L${corner(ends[0])}L${corner(ends[2])}Z` }));
    line([[0, 0], [until, 0]], claim.against);
    line([[0, 0], [until, ends[1]]], claim.arm);
    return svg;
  };
  const point = (claim) => {
    const ends = [claim.low ?? claim.estimate, claim.high ?? claim.estimate, 0];
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    const { svg, x, y, line } = draw.frame(`${name(claim.arm)}, ${name(claim.against)}: estimate and interval`, [low, high], [-1, 1], [], "");
    svg.append(draw.part("path", { class: "grid", d: `M${x(0)} 30V230` }), draw.part("text", { x: x(0), y: 248, "text-anchor": "middle" }, "0"));
    line([[ends[0], 0], [ends[1], 0]], claim.arm);
    svg.append(draw.part("circle", { cx: x(claim.estimate), cy: y(0), r: 5, fill: draw.colour(claim.arm), "data-arm": claim.arm }));
    return svg;
  };
  const drawing = (claim) => {
    if (["rmst_days", "log_hazard"].includes(claim.outcome) && claim.against >= 0) return area(claim);
    return RATES.includes(claim.outcome) ? fan(claim) : point(claim);
  };
  const key = ({ outcome, arm, against }) => [words[outcome] ?? outcome, arm, against].join();
  const toggle = (number) => {
    const item = number.closest("li, p");
    const open = item.querySelector(".drawn");
    if (open) {
      open.remove();
      number.setAttribute("aria-expanded", "false");
      return choose([]);
    }
    const claims = number.dataset.claims.split(" ").map((place) => data.claims[place]).filter((one) => one && one.arm >= 0 && one.estimate !== null);
    const different = claims.filter((one, place) => claims.findIndex((other) => key(other) === key(one)) === place);
    const pictures = different.slice(0, 3).map(drawing);
    item.append(element("span", { class: "drawn replay" }, ...pictures));
    number.setAttribute("aria-expanded", "true");
    choose([...new Set(claims.flatMap((one) => [one.arm, one.against]).filter((arm) => arm >= 0))]);
  };
  for (const holder of [...all(".findings"), ...all("p.stated")]) {
    const numbers = all(".numbers[data-claims]", holder);
    for (const number of numbers) {
      number.setAttribute("role", "button");
      number.setAttribute("aria-expanded", "false");
      number.addEventListener("click", () => toggle(number));
      number.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        toggle(number);
      });
    }
    rove(numbers, ["ArrowDown"], ["ArrowUp"]);
  }
})();
