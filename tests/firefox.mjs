// What the tests in Firefox have in common: a page that is open, and what it complains of.
export const open = async (puppeteer, firefox, address) => {
  const { launch } = await import(puppeteer);
  const browser = await launch({ browser: "firefox", executablePath: firefox, headless: true });
  const page = await browser.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => complaints.push(message.text()));
  await page.setViewport({ width: 1280, height: 720 });
  await page.goto(address);
  return { browser, page, complaints };
};
