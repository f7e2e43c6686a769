// A report in a browser: `node --test`, with REPORT the page and CHROMIUM the browser.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
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
  const heard = [];
  page.on("console", (message) => heard.push(message.text()));
  page.on("pageerror", (error) => heard.push(error.message));
  page.on("request", (request) => request.url() !== PAGE && heard.push(request.url()));
  await page.goto(PAGE);
  return { page, heard };
};

for (const width of WIDTHS) {
  test(`it opens at ${width} pixels without an error or a request, and is no wider`, async () => {
    const { page, heard } = await open(width);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    assert.deepEqual(heard, []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
  });

  test(`axe-core finds nothing serious at ${width} pixels, with every table open`, async () => {
    const { page } = await open(width, { bypassCSP: true });
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    await page.addScriptTag({ path: AXE });
    const { violations } = await page.evaluate(() => axe.run());
    const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    assert.deepEqual(grave.map(({ id, nodes }) => [id, nodes[0].html]), []);
  });
}

test("without script it shows every answer, figure and table, and no button", async () => {
  const { page } = await open(1366, { javaScriptEnabled: false });
  assert.ok(await page.locator("#answer .tiles").isVisible());
  assert.equal(await page.locator("main button:visible, #highlight:visible").count(), 0);
  await page.locator("#appendix summary").first().click();
  await page.locator("#appendix summary h3").first().click();
  assert.ok(await page.locator("#appendix table").first().isVisible());
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

test("an arm is highlighted by keyboard and let go by Escape", async () => {
  const { page } = await open();
  const button = page.locator("#highlight button").nth(1);
  await button.focus();
  await page.keyboard.press("Enter");
  assert.equal(await button.getAttribute("aria-pressed"), "true");
  assert.ok((await page.locator('tr.lit[data-arm="1"]').count()) > 0);
  assert.equal(await page.locator('tr.lit:not([data-arm="1"])').count(), 0);
  assert.ok((await page.locator('svg [data-arm="1"]').count()) > 10);
  assert.ok((await page.locator("svg .dim").count()) > 10);
  assert.equal(await page.locator('svg [data-arm="1"].dim').count(), 0);
  assert.equal(await page.locator('svg [data-arm]:not([data-arm="1"]):not(.dim):not(:has([data-arm="1"]))').count(), 0);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".lit, .dim").count(), 0);
});

test("one mouse is highlighted in every table and figure that has it", async () => {
  const { page } = await open();
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
  const paper = await printed("");
  assert.ok(await paper.page.locator("#methods-text").isVisible());
  assert.ok(await paper.page.locator("#words-text").isVisible());
  assert.equal(await paper.page.locator("#appendix:visible, nav:visible, thead button").count(), 0);
  assert.deepEqual([...heard, ...paper.heard], []);
});

test("it prints every table where the address asks for everything", async () => {
  const { page } = await printed("#everything");
  assert.equal(await page.locator("details:not([open]):visible").count(), 0);
  assert.ok(await page.locator("#appendix table").last().isVisible());
});
