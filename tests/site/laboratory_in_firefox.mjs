// Runs a program in the laboratory in Firefox, and prints what it saw as JSON: node laboratory_in_firefox.mjs PUPPETEER FIREFOX ADDRESS
import { open } from "../firefox.mjs";

const { browser, page, complaints } = await open(...process.argv.slice(2));
const state = (words) => page.waitForSelector(`#state ::-p-text(${words}), #state::-p-text(${words})`, { timeout: 120_000 });
await state("is ready");
await page.click("#run");
await state("Done in");
const frame = await page.waitForFrame((frame) => frame.url().endsWith("laboratory/frame.html"));
await frame.waitForSelector("#words:not(:empty)");
const output = await page.evaluate(() => document.getElementById("output").textContent);
const pictures = await page.evaluate(() => document.querySelectorAll("#output img").length);
console.log(JSON.stringify({ output, pictures, address: page.url(), complaints }));
await browser.close();
