const draw = (() => {
  const { data } = page;
  const SPACE = "http://www.w3.org/2000/svg";
  const part = (tag, marks, text) => {
    const one = document.createElementNS(SPACE, tag);
    for (const [key, value] of Object.entries(marks)) one.setAttribute(key, value);
    if (text !== undefined) one.textContent = text;
    return one;
  };
  // As wide as a phone, so that its words are not drawn smaller there.
  const WIDE = matchMedia("(max-width: 40rem)").matches ? 345 : 470;
  const [HIGH, LEFT, RIGHT, TOP, BOTTOM] = [270, 52, 10, 26, 34];
  const colour = (arm) => data.arms[arm]?.colour ?? "#767676";
  const near = (value) => Math.round(value * 10) / 10;

  /** An empty picture with two axes; x and y turn values into places. */
  const frame = (title, [x0, x1], [y0, y1], ticks, across = "day") => {
    const svg = part("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": title });
    const x = (value) => near(LEFT + ((value - x0) / (x1 - x0 || 1)) * (WIDE - LEFT - RIGHT));
    const y = (value) => near(HIGH - BOTTOM - ((value - y0) / (y1 - y0 || 1)) * (HIGH - TOP - BOTTOM));
    svg.append(part("text", { x: 4, y: 14, class: "title" }, title));
    for (const [value, label] of ticks) {
      svg.append(part("path", { class: "grid", d: `M${LEFT} ${y(value)}H${WIDE - RIGHT}` }));
      svg.append(part("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, label));
    }
    if (across) {
      const step = [7, 14, 28, 56, 112].find((one) => x1 / one <= 6) ?? x1 / 4;
      for (let day = 0; day <= x1; day += step) {
        svg.append(part("text", { x: x(day), y: HIGH - 16, "text-anchor": "middle" }, day));
      }
      svg.append(part("text", { x: WIDE - RIGHT, y: HIGH - 2, "text-anchor": "end" }, across));
    }
    const line = (points, arm, marks = {}) =>
      svg.append(
        part("path", {
          ...{ class: "line", stroke: colour(arm), "data-arm": arm, ...marks },
          d: points.map(([a, b], place) => `${place ? "L" : "M"}${x(a)} ${y(b)}`).join(""),
        }),
      );
    return { svg, x, y, line };
  };

  /** The Kaplan–Meier steps of an arm as they are known on a day: what comes later is not there. */
  const curve = (arm, known) => {
    const own = data.mice.filter((one) => one.arm === arm && one.day !== null);
    const happened = (one) => one.event && one.known <= known;
    const times = own.map((one) => [happened(one) ? one.day : Math.min(one.event ? known : one.day, known), happened(one)]);
    const steps = [[0, 1]];
    let share = 1;
    const days = [...new Set(times.filter(([, event]) => event).map(([day]) => day))].sort((a, b) => a - b);
    for (const day of days) {
      const risk = times.filter(([one]) => one >= day).length;
      const events = times.filter(([one, event]) => event && one === day).length;
      steps.push([day, share]);
      share *= 1 - events / risk;
      steps.push([day, share]);
    }
    const last = Math.max(0, ...times.map(([day]) => day));
    return [...steps, [last, share]];
  };
  return { part, frame, curve, colour };
})();
