// A report in a browser: `node --test`, with REPORT the page and CHROMIUM the browser.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync, statSync } from "node:fs";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const PAGE = pathToFileURL(process.env.REPORT).href;
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const WIDTHS = [375, 1366];
let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic"],
  });
});
after(() => browser.close());

/** The page at a width; with everything it complained about or asked for. */
const open = async (width = 1366, options = {}) => {
  const context = await browser.newContext({ viewport: { width, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000); // what is not there by then does not come
  const heard = [];
  page.on("console", (message) => heard.push(message.text()));
  page.on("pageerror", (error) => heard.push(error.message));
  page.on("request", (request) => request.url() !== PAGE && heard.push(request.url()));
  await page.goto(PAGE);
  if (options.javaScriptEnabled ?? true) await page.waitForFunction(() => !document.querySelector("[data-rest]"));
  return { page, heard };
};

for (const width of WIDTHS) {
  test(`it opens at ${width} pixels without an error or a request, and is no wider`, async () => {
    const { page, heard } = await open(width);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    assert.deepEqual(heard, []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
  });

  test(`axe-core finds nothing at ${width} pixels, with every table open`, async () => {
    const { page } = await open(width, { bypassCSP: true });
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    await page.addScriptTag({ path: AXE });
    const { violations } = await page.evaluate(() => axe.run());
    const grave = violations.filter(({ impact }) => impact !== null);
    assert.deepEqual(grave.map(({ id, nodes }) => [id, nodes[0].html]), []);
  });
}

/** Whether the page is that of a pool over lines, which has no row an arm and no mice. */
const isPool = async (page) => (await page.locator("#figure-forest-by-line").count()) > 0;

test("the first screen holds the answer: tiles and a row an arm, and is not a long page", async () => {
  const { page } = await open(1300);
  const answers = page.locator((await isPool(page)) ? ".tiles" : "table.arms");
  const ends = await answers.evaluate((one) => one.getBoundingClientRect().bottom);
  const arms = (await dataOf(page)).arms.length;
  assert.ok(arms > 8 || ends <= 700, `${ends} pixels`);
  const long = await page.evaluate(() => document.documentElement.scrollHeight);
  assert.ok(arms > 8 || long <= 9500, `${long} pixels`);
});

test("a phone shows the drawings that are laid out for it, from edge to edge", async () => {
  const { page } = await open(390);
  await page.locator("figure .narrow svg").first().waitFor({ state: "attached" });
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  const shown = page.locator("figure .narrow svg:visible");
  assert.equal(await shown.count(), await page.locator("main figure").count());
  assert.equal(await page.locator("figure .wide:visible").count(), 0);
  const wider = (one) => one.scrollWidth > one.clientWidth;
  for (const drawing of await page.locator("figure .drawing").all()) assert.ok(!(await drawing.evaluate(wider)));
  const type = (svg) => {
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return [...svg.querySelectorAll("text")].map((one) => scale * parseFloat(getComputedStyle(one).fontSize));
  };
  for (const svg of await shown.all()) assert.ok(Math.min(...(await svg.evaluate(type))) >= 12);
  const wide = await open(1366);
  assert.equal(await wide.page.locator(".narrow:visible, .narrow svg").count(), 0);
});

test("forced colours leave the drawings as they are, and reduced motion moves nothing", async () => {
  const { page } = await open(1366, { forcedColors: "active", reducedMotion: "reduce" });
  const of = (selector, name) =>
    page.locator(selector).first().evaluate((one, asked) => getComputedStyle(one)[asked], name);
  const ofArms = (await isPool(page)) ? [] : [".arms .forest", ".arms .chip"];
  for (const drawn of [".drawing", ".highlight .chip", ...ofArms]) {
    assert.equal(await of(drawn, "forcedColorAdjust"), "none", drawn);
  }
  assert.equal(await of(".drawing svg [data-arm]", "transitionDuration"), "0s");
});

test("without script it shows every answer, figure and table, and no button", async () => {
  const { page } = await open(1366, { javaScriptEnabled: false });
  const pool = await isPool(page);
  assert.ok(await page.locator(pool ? "#answer .tiles" : "#answer .arms").isVisible());
  assert.equal(await page.locator("main button:visible, #highlight:visible").count(), 0);
  await page.locator("#appendix summary").first().click();
  const table = pool ? "#table-pool" : "#table-growth";
  await page.locator(`${table} summary`).click();
  assert.ok(await page.locator(`${table} table`).isVisible());
});

test("a table is sorted by keyboard, up and down, and says so", async () => {
  const { page } = await open();
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  const table = page.locator("section table.sortable").first();
  const header = table.locator("thead th.n").first();
  const values = () =>
    table.locator("tbody tr").evaluateAll((rows, column) =>
      rows.map((row) => parseFloat((row.cells[column].title || row.cells[column].textContent).replace("−", "-"))),
      1,
    );
  const order = async (state, compare) => {
    await header.locator("button").focus();
    await page.keyboard.press("Enter");
    assert.equal(await header.getAttribute("aria-sort"), state);
    const found = await values();
    assert.deepEqual(found, [...found].sort(compare));
  };
  await order("ascending", (a, b) => a - b);
  await order("descending", (a, b) => b - a);
});

test("arms are highlighted by keyboard, several at a time, and let go by Escape", async () => {
  const { page } = await open();
  const button = (place) => page.locator("#highlight button").nth(place);
  await button(0).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await button(1).getAttribute("aria-pressed"), "true");
  assert.ok((await page.locator('tr.lit[data-arm="1"]').count()) > 0);
  assert.equal(await page.locator('tr.lit:not([data-arm="1"])').count(), 0);
  assert.ok((await page.locator('svg [data-arm="1"]').count()) > 10);
  assert.ok((await page.locator("svg .dim").count()) > 10);
  if (await isPool(page)) {
    const lit = page.locator("main figure .wide").filter({ has: page.locator('svg [data-arm="1"]') });
    assert.equal(await lit.count(), await page.locator("main figure").count());
  }
  assert.equal(await page.locator('svg [data-arm="1"].dim').count(), 0);
  assert.equal(await page.locator('svg [data-arm]:not([data-arm="1"]):not(.dim):not(:has([data-arm="1"]))').count(), 0);
  await page.locator("#beside").check();
  assert.equal(await page.locator('svg [data-arm="0"].dim').count(), 0);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".lit, .dim").count(), 0);
});

test("the address keeps what is chosen, and a page that is opened with it shows it", async () => {
  const { page } = await open();
  await page.locator("#highlight button").nth(1).click();
  await page.locator("#filter").fill("a");
  const hash = await page.evaluate(() => location.hash);
  const again = await browser.newPage();
  await again.goto(PAGE + hash);
  assert.equal(await again.locator("#highlight button").nth(1).getAttribute("aria-pressed"), "true");
  assert.equal(await again.locator("#filter").inputValue(), "a");
  await again.close();
});

test("rows of tables are filtered by what is typed", async () => {
  const { page } = await open();
  const rows = page.locator("table.sortable tbody tr:not([hidden])");
  const before = await rows.count();
  await page.locator("#filter").fill("no row has this");
  assert.equal(await rows.count(), 0);
  await page.locator("#filter").fill("");
  assert.equal(await rows.count(), before);
});

test("the Tab key stops at fewer than 60 places, once at each figure", async () => {
  const { page } = await open();
  const stops = [];
  for (let count = 0; count < 100; count++) {
    await page.keyboard.press("Tab");
    const one = await page.evaluate(() => {
      const { activeElement: now, body } = document;
      return now === body ? "" : (now.closest("figure")?.id ?? "other");
    });
    if (!one) break;
    stops.push(one);
  }
  assert.ok(stops.length < 60, `${stops.length} stops`);
  const figures = stops.filter((one) => one !== "other");
  assert.equal(new Set(figures).size, figures.length);
});

test("on a page without mice an arm is told at the pointer and by the arrow keys", async (t) => {
  const { page } = await open();
  const { arms, mice } = await dataOf(page);
  if (mice.length) return t.skip("this page has mice");
  assert.ok(await isPool(page));
  const mark = page.locator("#figure-growth-by-line .wide svg path[data-arm], #figure-growth-by-line .wide svg [data-arm] path").first();
  await mark.dispatchEvent("pointermove", { clientX: 100, clientY: 100, bubbles: true });
  const names = arms.map(({ name }) => name);
  assert.ok(names.includes(await page.locator("#tip").innerText()));
  const told = [];
  await page.locator("#figure-growth-by-line .drawing").focus();
  for (const _ of names) {
    await page.keyboard.press("ArrowRight");
    told.push(await page.locator("#tip").innerText());
  }
  assert.deepEqual(told.sort(), names.sort());
  await page.keyboard.press("Escape");
  assert.ok(!(await page.locator("#tip").isVisible()));
});

test("a reading is told at the pointer, and a mouse by the arrow keys", async (t) => {
  const { page } = await open();
  if (await isPool(page)) return t.skip("the page of a pool has no mice");
  const line = page.locator("#figure-growth-by-arm svg path[data-mouse]").first();
  await line.scrollIntoViewIfNeeded();
  const [x, y] = await line.evaluate((path) => {
    const at = path.getPointAtLength(0).matrixTransform(path.getScreenCTM());
    return [at.x, at.y];
  });
  await page.mouse.move(x, y);
  await line.dispatchEvent("pointermove", { clientX: x, clientY: y, bubbles: true });
  assert.match(await page.locator("#tip").innerText(), /day -?\d+: [\d.e+]+ \S+/);
  // Each line of a mouse tells its last reading at its end: its corners are the readings.
  const { mice } = await dataOf(page);
  const told = await page.evaluate((mice) => {
    const paths = [...document.querySelectorAll("#figure-growth-by-arm .wide svg path[data-mouse]")]
      .filter((path) => path.getAttribute("d").length > 60); // a mark of a fate is short
    return paths.map((path) => {
      const at = path.getPointAtLength(path.getTotalLength()).matrixTransform(path.getScreenCTM());
      path.dispatchEvent(new PointerEvent("pointermove", { clientX: at.x, clientY: at.y, bubbles: true }));
      const one = mice[path.dataset.mouse];
      return [document.getElementById("tip").innerText.match(/day (-?\d+)/)?.[1], String(one.days.at(-1))];
    });
  }, mice);
  assert.ok(told.length > 1);
  assert.deepEqual(told.map(([day]) => day), told.map(([, day]) => day));
  await page.locator("#figure-growth-by-arm .drawing").focus();
  await page.keyboard.press("ArrowRight");
  assert.match(await page.locator("#tip").innerText(), /last seen on day \d+/);
  await page.keyboard.press("Escape");
  assert.ok(!(await page.locator("#tip").isVisible()));
});

test("a figure is taken as svg, png and csv without a request", async () => {
  const { page, heard } = await open();
  const sizes = { SVG: 3000, PNG: 20_000, CSV: 200 };
  for (const [kind, least] of Object.entries(sizes)) {
    const download = page.waitForEvent("download");
    await page.locator("main figure").first().locator(".tools button", { hasText: kind }).click();
    const file = await download;
    assert.ok(file.suggestedFilename().endsWith(`.${kind.toLowerCase()}`));
    assert.ok(statSync(await file.path()).size > least, kind);
  }
  assert.deepEqual(heard.filter((one) => !/^(blob|data):/.test(one)), []);
});

test("each figure that is taken as csv gives rows, and the others are not offered as csv", async () => {
  const opened = async () => {
    const { page } = await open();
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    return page;
  };
  let page = await opened();
  const { tables } = await dataOf(page);
  const count = await page.locator("main figure").count();
  for (let place = 0; place < count; place++) {
    if (place && place % 8 === 0) page = await opened(); // Chromium drops the eleventh file of a page
    const figure = page.locator("main figure").nth(place);
    const name = (await figure.getAttribute("id")).replace("figure-", "").replaceAll("-", "_");
    const button = figure.locator(".tools button", { hasText: "CSV" });
    assert.equal(await button.count(), name in tables ? 1 : 0, name);
    if (!(name in tables)) continue;
    const download = page.waitForEvent("download");
    await button.click();
    const rows = readFileSync(await (await download).path(), "utf-8").trim().split("\n");
    assert.ok(rows.length > 1, `${name}: ${rows}`);
  }
  assert.ok(Object.keys(tables).length > 2);
});

test("the study is replayed: later readings and events are not there", async (t) => {
  const { page } = await open();
  if (await isPool(page)) {
    assert.ok(!(await page.locator("#replay-section").isVisible()));
    return t.skip("the page of a pool has no mice to replay, and offers none");
  }
  await page.locator("#replay-section summary").click();
  const corners = () => page.locator("#replay path.line").evaluateAll((paths) => paths.map((one) => one.getAttribute("d").length));
  const sum = (values) => values.reduce((total, one) => total + one, 0);
  const whole = sum(await corners());
  await page.locator("#day").fill(String(Math.ceil((await page.locator("#day").getAttribute("max")) / 3)));
  assert.ok(sum(await corners()) < whole / 1.5);
  assert.match(await page.evaluate(() => location.hash), /day=\d+/);
});

test("a number in a sentence draws itself, and its arms stand out", async () => {
  const { page } = await open();
  const number = page.locator("p .numbers[data-claims]").first();
  await number.focus();
  await page.keyboard.press("Enter");
  assert.equal(await number.getAttribute("aria-expanded"), "true");
  assert.ok((await page.locator(".drawn svg path").count()) > 2);
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".drawn, .dim").count(), 0);
});

/** The data of the page as its script reads them. */
const dataOf = async (page) => {
  const data = JSON.parse(await page.locator("#data").textContent());
  for (const name of ["mice", "claims"]) {
    const { keys, rows } = data[name];
    data[name] = rows.map((row) => Object.fromEntries(keys.map((key, at) => [key, row[at]])));
  }
  return data;
};

test("each claim on growth is told without the mouse that is chosen", async (t) => {
  const { page } = await open();
  if (await isPool(page)) {
    assert.equal(await page.locator("#left-out").count(), 0);
    return t.skip("the page of a pool has no mice to leave out, and offers none");
  }
  await page.locator("#left-out").selectOption({ index: 1 });
  const rows = await page.locator("#without tbody tr").count();
  const claims = await tableOf(page, "leave-one-out");
  assert.equal(rows, claims.length);
  const { mice, without } = await dataOf(page);
  for (const [place, claim] of claims.entries()) {
    const { each, p } = without[place];
    const near = (one, other) => Math.abs(one / Number(other) - 1) < 0.006;
    const of = (name) => each[mice.findIndex((one) => one.name === name)] ?? p;
    assert.ok(near(of(claim.without_lowest), claim.p_lowest), claim.contrast);
    assert.ok(near(of(claim.without_highest), claim.p_highest), claim.contrast);
  }
  assert.ok(without.some(({ each }) => Object.keys(each).length));
  const told = await page.locator("p.stated .without-it").allInnerTexts();
  assert.ok(told.some((text) => text.trim().startsWith(`without ${mice[0].name} p`)), told.join());
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".without-it").count(), 0);
});

/** A table of the appendix as objects, in full precision; what is the same in every row, too. */
const tableOf = async (page, name) => {
  const details = page.locator(`#table-${name}`);
  return (await details.count()) ? rowsOf(details) : [];
};
const rowsOf = (details) =>
  details.evaluate((details) => {
    const bare = (cell) => {
      const copy = cell.cloneNode(true);
      for (const unit of copy.querySelectorAll(".unit")) unit.remove();
      return copy.textContent.trim();
    };
    const same = [...details.querySelectorAll(".note")].map((one) => one.textContent).join(" ");
    const always = Object.fromEntries([...same.matchAll(/(\w+) = ([^;]+?)[;.](?: |$)/g)].map(([, key, value]) => [key, value]));
    const table = details.querySelector("table");
    if (!table) return [];
    const keys = [...table.tHead.rows[0].cells].map(bare);
    return [...table.tBodies[0].rows].map((row) => ({
      ...always,
      ...Object.fromEntries([...row.cells].map((cell, place) => [keys[place], cell.title || bare(cell)])),
    }));
  });

test("every number of lines on the first screen of a pool is that of its table", async (t) => {
  const { page } = await open();
  if (!(await isPool(page))) return t.skip("this page is of one study");
  const rows = await tableOf(page, "pool-blocked");
  const blocked = Object.fromEntries(rows.filter((row) => row.group === "–").map((row) => [row.arm, row]));
  const tiles = await page.locator(".tile").evaluateAll((all) =>
    all.map((one) => [one.querySelector(".about").textContent, one.querySelector("strong").textContent]),
  );
  const counted = tiles.flatMap(([arm, says]) => {
    const found = says.match(/in (\d+) of (\d+) lines/);
    return found ? [[blocked[arm].n, blocked[arm].n_lines, ...found.slice(1)]] : [];
  });
  assert.ok(counted.length);
  for (const [n, of, told, toldOf] of counted) assert.deepEqual([told, toldOf], [n, of]);
});

test("every number on the first screen is that of its table", async (t) => {
  const { page } = await open();
  if (await isPool(page)) return t.skip("the page of a pool has no row an arm");
  const of = async (name, keep = () => true) =>
    Object.fromEntries((await tableOf(page, name)).filter(keep).map((row) => [row.arm, row]));
  const data = await dataOf(page);
  const names = data.arms.map((one) => one.name);
  const control = names[data.control];
  const growth = await of("growth");
  const progression = await of("progression");
  const responders = await of("response-by-arm", (row) => row.category === "objective");
  const weights = await of("tolerability");
  const claims = await of("claims", (row) => row.outcome === "Growth rate" && row.against === control);
  const number = (text) => Number(text.replace("−", "-"));
  const rows = await page.locator("table.arms tbody tr").evaluateAll((lines) =>
    lines.map((line) => Object.fromEntries([...line.cells].map((cell) => [cell.dataset.label, cell.textContent.trim()]))),
  );
  assert.equal(rows.length, names.length);
  rows.forEach((row, place) => {
    const arm = names[place];
    const { mice, "% a day": rate, doubling, p = "–", progressed, median, "CR + PR": response, weight = "–" } = row;
    const told = (text) => text !== "–";
    assert.equal(mice, growth[arm]?.n_mice ?? progression[arm].n_mice);
    if (told(rate)) assert.ok(Math.abs(number(rate) - 100 * growth[arm].estimate) <= 0.0501, `${arm}: ${rate}`);
    if (/^\d/.test(doubling)) assert.ok(Math.abs(parseFloat(doubling) - growth[arm].doubling_time_days) <= 0.501);
    if (doubling.startsWith(">")) assert.ok(Math.abs(parseFloat(doubling.slice(1)) - growth[arm].doubling_time_low) <= 0.501);
    if (told(p)) {
      const exact = Number(claims[arm].p_adjusted);
      assert.ok(p.startsWith("<") ? exact < number(p.slice(1)) : Math.abs(number(p) - exact) <= 0.06 * exact, `${arm}: ${p}`);
    }
    assert.equal(progressed.split(" ")[0], `${progression[arm].n_events}/${progression[arm].n_mice}`);
    if (/^\d/.test(median)) assert.ok(Math.abs(parseFloat(median) / progression[arm].median_days - 1) < 0.01, `${arm}: ${median}`);
    if (told(response)) assert.equal(response, `${responders[arm].n}/${responders[arm].n_mice}`);
    if (told(weight)) assert.ok(Math.abs(number(weight.replace("%", "")) - weights[arm].weight_nadir_percent_mean) <= 0.501, `${arm}: ${weight}`);
  });
});

test("every estimate of a tile, and of the best arm, is that of a row of a table", async () => {
  const { page } = await open();
  const number = (text) => Number(text.replace("−", "-"));
  const compared = [...(await tableOf(page, "compare")), ...(await tableOf(page, "pool"))];
  const claims = await tableOf(page, "claims");
  const known = [...claims, ...compared].flatMap((row) => [
    [row.estimate, row.claim_low, row.claim_high],
    [row.estimate, row.conf_low, row.conf_high],
  ]).map((row) => row.map(Number));
  const step = (text) => 0.501 * 10 ** -(text.split(".")[1]?.length ?? 0);
  const text = (await page.locator(".tile .figures").allInnerTexts()).join("; ").replaceAll("\u00a0", " ");
  const found = [...text.matchAll(/(−?[\d.]+) (% a day|days?|% points), \d+ % CI (−?[\d.]+) to (−?[\d.]+)/g)];
  for (const [whole, estimate, unit, low, high] of found) {
    const times = unit === "% a day" ? 100 : 1;
    const told = [estimate, low, high];
    const same = (row) => row.every((value, place) => Math.abs(times * value - number(told[place])) <= step(told[place]));
    assert.ok(known.some(same), whole);
  }
  assert.ok(found.length || !(await page.locator(".tile").count()));
  const best = page.locator("p.best");
  if (!(await best.count())) return;
  const rate = (await best.innerText()).match(/(−?[\d.]+)\s% a day/);
  const [first] = (await tableOf(page, "best-arms")).filter((row) => row.among_best === "yes" || row.among_best === "true");
  if (rate) assert.ok(Math.abs(number(rate[1]) - 100 * first.estimate) <= 0.0501, rate[0]);
});

test("one mouse is highlighted in every table and figure that has it", async (t) => {
  const { page } = await open();
  if (await isPool(page)) {
    assert.ok(!(await page.locator("#mouse").isVisible()));
    assert.equal(await page.locator("[data-mouse]").count(), 0);
    return t.skip("the page of a pool has no mice to choose, and offers none");
  }
  await page.locator("#mouse").selectOption("2");
  assert.ok((await page.locator('tr.lit[data-mouse="2"]').count()) > 1);
  assert.equal(await page.locator('tr.lit:not([data-mouse="2"])').count(), 0);
  assert.ok((await page.locator('svg [data-mouse="2"]:not(.dim)').count()) > 3);
  assert.equal(await page.locator('svg [data-mouse]:not([data-mouse="2"]):not(.dim)').count(), 0);
});

test("the skip link is the first thing that the keyboard finds", async () => {
  const { page } = await open();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
});

/** The page as it is printed, with every table or without. */
const printed = async (hash) => {
  const { page, heard } = await open();
  await page.evaluate((to) => (location.hash = to), hash);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print" });
  return { page, heard };
};

test("it prints the summary, key figures, doubts and methods, and is then as it was", async () => {
  const { page, heard } = await open();
  const closed = () => page.locator("details:not([open])").count();
  const before = await closed();
  const pdf = await page.pdf({ preferCSSPageSize: true });
  assert.ok((pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length <= 4);
  assert.equal(await closed(), before);
  const chip = (one) => one.getBoundingClientRect().left - one.closest("table").getBoundingClientRect().left;
  const paper = await printed("");
  assert.ok(await paper.page.locator("#methods-text").isVisible());
  assert.ok(await paper.page.locator("#words-text").isVisible());
  const chips = paper.page.locator(".arms .chip");
  assert.equal(await chips.count(), (await isPool(page)) ? 0 : (await dataOf(page)).arms.length);
  for (const one of await chips.all()) assert.ok((await one.evaluate(chip)) >= -0.5);
  assert.equal(await paper.page.locator("#appendix:visible, nav:visible, thead button").count(), 0);
  assert.deepEqual([...heard, ...paper.heard], []);
});

test("it prints every table where the address asks for everything", async () => {
  const { page } = await printed("#everything");
  assert.equal(await page.locator("details:not([open]):visible").count(), 0);
  assert.ok(await page.locator("#appendix table").last().isVisible());
});
