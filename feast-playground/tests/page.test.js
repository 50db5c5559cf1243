// Uses the page like a user.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { after, before, beforeEach, afterEach, test } from "node:test";
import { launch, serve } from "./browser.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PICTURES = fileURLToPath(new URL("../../target/playground/", import.meta.url));
const example = (name) => readFileSync(new URL(`../../examples/${name}.yaml`, import.meta.url), "utf8");
const TABS = ["findings", "objects", "documents", "status", "graph", "changes"];

let browser, site, context, page;
/** Every request of the page, its worker and its service worker. */
let requests;
let faults;

before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  site = await serve();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

beforeEach(() => open());

afterEach(async () => {
  await context.close();
  assert.deepEqual(faults, []);
  const foreign = requests.filter(({ url, method }) => !url.startsWith(site.url) || method !== "GET");
  assert.deepEqual(foreign, [], "nothing leaves the page");
});

async function open(options = {}, address = site.url) {
  requests = [];
  faults = [];
  await context?.close();
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ["clipboard-read", "clipboard-write"], ...options });
  context.on("request", (request) => {
    if (/^https?:/.test(request.url())) requests.push({ url: request.url(), method: request.method() });
  });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("ERR_INTERNET_DISCONNECTED")) faults.push(message.text());
  });
  await page.goto(address);
  await ready();
}

/** Waits for an answer, to a text of this length if given. */
const ready = (length) => page.waitForSelector(`body[data-state="ready"]${length === undefined ? "" : ` #verdict[data-for="${length}"]`}`);

/** Replaces the text in the editor, as by pasting. */
async function write(text) {
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
  await ready(text.length);
}

const choose = (tab) => page.getByRole("tab", { name: new RegExp(`^${tab}`, "i") }).click();
const text = (selector) => page.locator(selector).innerText();

test("a fault that is typed is shown on its line, and mending clears it", async () => {
  const good = example("minimal");
  await write(good);
  assert.equal(await page.locator(".finding").count(), 0);
  await write(good.replace("feastProject: ", "feastProject: not "));
  assert.equal(await page.locator(".finding.error .code").first().innerText(), "invalid-value");
  const number = good.split("\n").findIndex((line) => line.includes("feastProject")) + 1;
  assert.equal(await page.locator(".finding .head .line").first().innerText(), `line ${number}`);
  const underlined = page.locator(".cm-lintRange-error");
  await underlined.waitFor();
  assert.match(await underlined.innerText(), /^not /);
  assert.equal(await page.locator(".cm-line").filter({ has: underlined }).innerText(), good.split("\n")[number - 1].replace(": ", ": not "));
  assert.equal(await page.locator(".cm-lint-marker-error").count(), 1);
  await write(good);
  await page.getByText("No findings").waitFor();
  assert.equal(await page.locator(".cm-lintRange-error").count(), 0);
});

test("a fix mends", async () => {
  await write("apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata:\n  name: shop\nspec:\n  feast_project: shop\n");
  await page.getByRole("button", { name: "Rename spec.feast_project to feastProject" }).click();
  await page.getByText("feastProject: shop").first().waitFor();
  await page.getByText("No findings").waitFor();
});

test("objects, documents, status and graph follow the text", async () => {
  await page.selectOption("#example", { label: "Minimal" });
  await ready();
  await choose("objects");
  await page.locator(".object .kind", { hasText: "Deployment" }).waitFor();
  assert.equal(await page.locator(".object .kind", { hasText: "HorizontalPodAutoscaler" }).count(), 0);
  await page.selectOption("#example", { label: "Autoscaled (HPA)" });
  await page.locator(".object .kind", { hasText: "HorizontalPodAutoscaler" }).waitFor();
  await page.locator(".object summary", { hasText: "Deployment" }).click();
  await page.locator(".object pre", { hasText: "kind: Deployment" }).waitFor();
  await choose("graph");
  await page.locator(".picture svg text", { hasText: "HorizontalPodAutoscaler" }).waitFor();
  assert.equal(await page.locator(".picture svg text", { hasText: "RoleBinding" }).count(), 0);
  await page.getByLabel("Show rights").check();
  await page.locator(".picture svg text", { hasText: "RoleBinding" }).first().waitFor();
  await choose("documents");
  await page.locator("#documents section", { hasText: /For the servers[^]*project:/ }).waitFor();
  await choose("status");
  await page.locator("#status section", { hasText: "phase:" }).waitFor();
});

test("changes against an earlier text, a release and a number of replicas are told", async () => {
  await write(example("scaling-static"));
  await choose("changes");
  await page.locator(".before summary").click();
  await page.locator("#keep").click();
  await page.getByText("Nothing changes.").waitFor();
  await write(example("scaling-static").replace("replicas: 3", "replicas: 4"));
  await page.getByText("scales: 3 pods -> 4 pods").waitFor();
  await page.selectOption("#compare", "replicas");
  await page.locator("#replicas").fill("7");
  await page.getByText("scales: 4 pods -> 7 pods").waitFor();
  await page.selectOption("#compare", "release");
  await page.selectOption("#other-release", "0.65.0");
  await page.getByText("KubernetesAuthorizationByDefault").waitFor();
});

test("fields are completed and explained", async () => {
  await write("apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata:\n  name: shop\nspec:\n  feastProject: shop\n  ");
  await page.keyboard.type("repl");
  await page.locator(".cm-tooltip-autocomplete li", { hasText: "replicas" }).waitFor();
  await page.locator(".cm-completionInfo .path", { hasText: "spec.replicas integer" }).waitFor();
  // The completion list ignores keys that come too fast.
  await page.locator(".cm-tooltip-autocomplete li[aria-selected]").click();
  await page.keyboard.type("3");
  await page.locator(".cm-line", { hasText: "replicas: 3" }).hover({ position: { x: 40, y: 10 } });
  await page.locator(".cm-tooltip-hover .path", { hasText: "spec.replicas integer" }).waitFor();
});

test("a link restores text and options, and carries nothing of a Secret", async () => {
  const secret = "hunter2";
  const store = example("minimal");
  await write(`apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  sql: ${secret}\n---\n${store}`);
  await page.selectOption("#release", "0.65.0");
  await page.selectOption("#platform", "openshift");
  await ready();
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByText("Left out: the data of Secret db.").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(link, page.url());
  assert.ok(link.startsWith(`${site.url}#v1.`));
  const carried = await page.evaluate(async (packed) => {
    const bytes = Uint8Array.from(atob(packed.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(stream).text();
  }, link.split("#v1.")[1]);
  assert.ok(!carried.includes(secret) && carried.includes("name: db"), carried);
  await open({}, link);
  const found = await text(".cm-content");
  assert.ok(found.includes("kind: Secret") && !found.includes(secret) && !found.includes("stringData"), found);
  assert.equal(await page.locator("#release").inputValue(), "0.65.0");
  assert.equal(await page.locator("#platform").inputValue(), "openshift");
  assert.match(await text("#verdict"), /^1 FeatureStore · 0 errors/);
});

test("it works offline once it was loaded", async () => {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.reload();
  await ready();
  assert.match(await text("#verdict"), /^1 FeatureStore · 0 errors/);
});

test("a text on which the module fails is told, and the next one is examined", async () => {
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(`a: ${"[".repeat(40_000)}${"]".repeat(40_000)}`);
  await page.waitForSelector('body[data-state="ready"], body[data-state="failed"]');
  await write(example("minimal"));
  assert.match(await text("#verdict"), /^1 FeatureStore · 0 errors/);
  faults = [];
});

test("all of it goes by keyboard", async () => {
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.className);
  const reach = async (what) => {
    for (let steps = 0; steps < 30; steps++) {
      await page.keyboard.press("Tab");
      if ((await focused()).includes(what)) return;
    }
    assert.fail(`Tab does not lead to ${what}`);
  };
  await page.locator("body").press("Tab");
  await reach("cm-content");
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText("kind: FeatureStore\n");
  await ready(19);
  // Tab indents; after Escape it leaves the editor. The first Escape closes the completion list, if
  // it is open.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  assert.ok(!(await focused()).includes("cm-content"));
  if ((await focused()) !== "tab-findings") await reach("tab-findings");
  for (const tab of [...TABS.slice(1), TABS[0]]) {
    await page.keyboard.press("ArrowRight");
    assert.equal(await focused(), `tab-${tab}`);
    assert.ok(await page.locator(`#${tab}`).isVisible());
  }
  await page.keyboard.press("End");
  assert.equal(await focused(), "tab-changes");
  await page.keyboard.press("Home");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "findings");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.ok((await focused()).includes("cm-content"), "a finding leads to its line");
});

for (const colorScheme of ["light", "dark"]) {
  for (const [size, viewport] of [["wide", { width: 1280, height: 800 }], ["narrow", { width: 390, height: 844 }]]) {
    test(`axe finds nothing: ${colorScheme}, ${size}`, async () => {
      await open({ colorScheme, viewport });
      for (const name of ["Autoscaled (HPA)", "With errors"]) {
        await page.selectOption("#example", { label: name });
        await ready();
        for (const tab of TABS) {
          await choose(tab);
          if (tab === "changes") {
            await page.selectOption("#compare", "release");
            await page.locator("#change-result b", { hasText: "From 0.65.0 to 0.66.0" }).waitFor();
          }
          if (["objects", "documents", "status"].includes(tab)) await page.locator(`#${tab} :is(section, .empty)`).first().waitFor();
          if (tab === "graph") await page.locator(name === "With errors" ? "#graph .empty" : "#graph .picture").waitFor();
          if (tab === "objects" && name !== "With errors") await page.locator(".object summary").first().click();
          await page.screenshot({ path: `${PICTURES}${colorScheme}-${size}-${name === "With errors" ? "faults-" : ""}${tab}.png` });
          await assertAccessible(`${tab}, ${name}`);
        }
      }
    });
  }
}

async function assertAccessible(where) {
  // Not as an element of the page, which its policy forbids.
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary}`) }));
  });
  assert.deepEqual(violations, [], where);
}

test("the switch turns dark to light and back, and is kept", async () => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole("button", { name: "Switch to dark colours" }).click();
  const dark = await ground();
  assert.notEqual(dark, light);
  await page.reload();
  await ready();
  assert.equal(await ground(), dark);
  await page.getByRole("button", { name: "Switch to light colours" }).click();
  assert.equal(await ground(), light);
});

test("how fast it is, for the record", async () => {
  const first = await page.evaluate(() => performance.getEntriesByName("verdict")[0].startTime);
  console.log(`first verdict after load: ${first.toFixed(0)} ms`);
  for (const name of ["Autoscaled (HPA)", "Production"]) {
    await page.selectOption("#example", { label: name });
    await ready();
    await page.locator(".cm-content").focus();
    await page.keyboard.press("Control+End");
    const took = [];
    let length = Number(await page.locator("#verdict").getAttribute("data-for"));
    for (const key of "# a comment that somebody types, key by key") {
      await page.keyboard.type(key);
      await ready(++length);
      took.push(Number(await page.locator("#took").getAttribute("data-ms")));
    }
    took.sort((a, b) => a - b);
    console.log(`${name}: ${took[took.length >> 1].toFixed(1)} ms of the worker for each key, at most ${took.at(-1).toFixed(1)} ms`);
  }
});
