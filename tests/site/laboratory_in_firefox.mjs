// Runs a program in the laboratory in Firefox, and prints what it saw as JSON: node laboratory_in_firefox.mjs PUPPETEER FIREFOX ADDRESS
const [puppeteer, firefox, address] = process.argv.slice(2);
const { launch } = await import(puppeteer);
const browser = await launch({ browser: "firefox", executablePath: firefox, headless: true });
const page = await browser.newPage();
const complaints = [];
page.on("pageerror", (error) => complaints.push(error.message));
page.on("console", (message) => complaints.push(message.text()));
await page.goto(address);
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
