// Goes through a page in Firefox, changes a leaf, and prints what it saw as JSON: node firefox.mjs PUPPETEER FIREFOX PAGE
import { open } from "../firefox.mjs";

const { browser, page, complaints } = await open(...process.argv.slice(2));
await page.waitForSelector("#words:not(:empty)");
const told = [];
const read = () => page.evaluate(() => ({
  words: document.getElementById("words").textContent,
  lines: [...document.querySelectorAll("#lines p")].map((line) => line.textContent),
  scrolls: document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth,
}));
for (;;) {
  await page.keyboard.press("ArrowRight");
  told.push(await read());
  if (await page.evaluate(() => document.getElementById("next").getAttribute("aria-disabled") === "true")) break;
}
await page.evaluate(() => chalkgrad.set({ w: 3.5 }));
await page.evaluate(() => chalkgrad.goto(13));
const state = await page.evaluate(() => chalkgrad.state());
console.log(JSON.stringify({ told, state, complaints }));
await browser.close();
