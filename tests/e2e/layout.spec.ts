import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./support/test";

/** Window sizes from the smallest phone to a large screen; one is a laptop's window at 200 % zoom. */
const SIZES = [[320, 640], [360, 740], [500, 700], [683, 328], [720, 900], [768, 1024], [1024, 768], [1180, 820], [1280, 720], [1366, 768], [1440, 800], [1920, 1080]] as const;
/** The panels of both labs, and what stands above them. */
const PANELS =
  ".bar, .notice-bar, .run-notice, .strip, .draw, .recipe-side, .rate-figure, .run-charts, .model, .log, .carry, .runs, " +
  ".start, .formula, .phases, .group-tabs, figure.network, .panels, .controls, .table-tools, .grid";

/** Shows every notice that may stand above the panels, and the messages in the trainer's strip. */
async function showNotices(page: Page): Promise<void> {
  await page.evaluate(() => {
    const text = "The settings in this link are damaged. The standard settings are shown instead, and nothing else has changed.";
    for (const notice of document.querySelectorAll<HTMLElement>(".notice-bar, .unsaved")) {
      notice.hidden = false;
      (notice.querySelector("p") ?? notice).textContent = text;
    }
    document.querySelector(".run-notices")?.insertAdjacentHTML("beforeend", `<div class="run-notice"><p>${text}</p><button>Resume</button></div>`);
    document.querySelector(".failure")?.insertAdjacentHTML("afterbegin", `<p>${text}</p><button>Retry</button>`);
  });
}

/** Lists what is wrong with the layout: panels that overlap, and content that is cut off and cannot be scrolled to. */
function faults(page: Page): Promise<string[]> {
  return page.evaluate((selector) => {
    const name = (element: Element) => `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`;
    const style = getComputedStyle;
    const isVisible = (element: Element) => {
      const { width, height } = element.getBoundingClientRect();
      return width > 1 && height > 1 && element.checkVisibility({ visibilityProperty: true }) && !element.closest("details:not([open]) > :not(summary)");
    };
    const faults = new Set<string>();
    const panels = [...document.querySelectorAll(selector)].filter(isVisible);
    // A strip that sticks to the lower edge of a phone lies over what is scrolled below it.
    const fixed = panels.filter((panel) => style(panel).position !== "sticky");
    for (const [index, panel] of fixed.entries()) {
      for (const other of fixed.slice(index + 1)) {
        const [a, b] = [panel.getBoundingClientRect(), other.getBoundingClientRect()];
        const overlap = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
        if (overlap && !panel.contains(other) && !other.contains(panel)) faults.add(`${name(panel)} overlaps ${name(other)}`);
      }
    }
    for (const panel of panels) {
      for (const element of panel.querySelectorAll("*:not(svg *)")) {
        // These are out of the flow on purpose.
        if (!isVisible(element) || element.closest(".visually-hidden, .tooltip, .number-field .field-message, [aria-hidden=true]")) continue;
        const bar = element.closest(".chart-bar");
        if (bar && style(bar).position === "absolute") continue;
        const inner = element.getBoundingClientRect();
        for (let around = element.parentElement; around; around = around === panel ? null : around.parentElement) {
          const outer = around.getBoundingClientRect();
          const { overflowX, overflowY } = style(around);
          const scrolls = [overflowX, overflowY].some((overflow) => /auto|scroll/.test(overflow));
          // A chart is seen whole, also where it could be scrolled.
          if (scrolls && element.tagName !== "CANVAS") break;
          const cut = inner.bottom > outer.bottom + 1 || inner.right > outer.right + 1 || inner.left < outer.left - 1;
          if (cut && (around === panel || scrolls || overflowX !== "visible")) faults.add(`${name(element)} is cut off by ${name(around)}`);
        }
      }
    }
    if (document.documentElement.scrollWidth > innerWidth + 1) faults.add("The page is wider than the window.");
    return [...faults];
  }, PANELS);
}

for (const lab of ["sheet", "trainer"] as const) {
  test(`no panel of the ${lab} overlaps another or is cut off, at any size, with notices above`, async ({ page }) => {
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      await page.goto("about:blank");
      await page.goto(`./#${lab}`);
      await expect(page.locator("figure canvas").filter({ visible: true }).first()).toBeVisible();
      // Charts follow their room in the next frame.
      await expect.poll(() => faults(page), `${width} by ${height}`).toEqual([]);
      await showNotices(page);
      await expect.poll(() => faults(page), `${width} by ${height}, with notices`).toEqual([]);
    }
  });
}

test("on the smallest phone, the strip leaves two thirds of the window, with status and buttons in view", async ({ page, trainer }) => {
  await page.setViewportSize({ width: 320, height: 568 });
  const strip = page.locator(".strip");
  await expect(strip).toBeInViewport();
  expect((await strip.boundingBox())?.height).toBeLessThan(568 / 3);
  await expect(trainer.status).toBeInViewport({ ratio: 1 });
  await expect(trainer.stop).toBeInViewport({ ratio: 1 });
});

test("on the smallest phone, the sheet's controls stay at the lower edge and leave two thirds of the window", async ({ page, sheet }) => {
  await page.setViewportSize({ width: 320, height: 568 });
  const controls = page.getByRole("group", { name: "Sheet controls" });
  for (const top of [0, 400, 5000]) {
    await page.evaluate((top) => scrollTo(0, top), top);
    await expect(controls).toBeInViewport({ ratio: 1 });
    expect((await controls.boundingBox())?.height).toBeLessThan(568 / 3);
  }
  // In a low window, as with large zoom, they would cover too much.
  await page.setViewportSize({ width: 683, height: 328 });
  await expect(controls).toHaveCSS("position", "static");
  await page.setViewportSize({ width: 320, height: 568 });
  await sheet.options();
  await expect(sheet.digits).toBeInViewport({ ratio: 1 });
});

test("on a tablet, only the visible part of a long table is in the page", async ({ page, sheet }) => {
  await page.setViewportSize({ width: 768, height: 1024 });
  await sheet.options();
  await sheet.updates.fill("1000000");
  await expect(sheet.grid).toHaveAttribute("aria-rowcount", "1000002");
  expect(await sheet.grid.evaluate((grid) => grid.clientHeight)).toBeLessThan(1024);
  expect(await sheet.grid.getByRole("row").count()).toBeLessThan(60);
});

test.describe("with forced colours", () => {
  test("focus, selection, current row, tab and phase are visible", async ({ page, sheet }) => {
    await page.emulateMedia({ forcedColors: "active" });
    const look = (selector: string, property: string) =>
      page.locator(selector).first().evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), property);
    await sheet.cell(1, 10).click();
    await page.keyboard.press("Shift+ArrowRight");
    expect(await look('.cell[aria-selected="true"]', "background-color")).not.toBe(await look('.cell[aria-selected="false"]', "background-color"));
    expect(await look(".cell:focus", "outline-style")).toBe("double");
    expect(await look(".grid-row.current", "outline-style")).toBe("solid");
    expect(await look(".grid-row:not(.current)", "outline-style")).toBe("none");
    for (const [chosen, other] of [
      ['.tab[aria-selected="true"]', '.tab[aria-selected="false"]'],
      [".phases [aria-current]", ".phases button:not([aria-current])"],
      [".bar nav [aria-current]", ".bar nav a:not([aria-current])"],
    ] as const) {
      expect(await look(chosen, "border-bottom-color")).not.toBe(await look(other, "border-bottom-color"));
      expect(await look(other, "border-bottom-color")).toBe(await look("body", "background-color"));
    }
    await sheet.step.focus();
    await page.keyboard.press("Tab");
    expect(await look(":focus", "outline-style")).toBe("solid");
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((violation) => violation.id)).toEqual([]);
  });

  test("the chosen preset, the progress and the curves of the trainer are visible", async ({ page, trainer }) => {
    await page.emulateMedia({ forcedColors: "active" });
    const background = (selector: string) => page.locator(selector).first().evaluate((element) => getComputedStyle(element).backgroundColor);
    const paper = await background("body");
    expect(await background(".segment input:checked + span")).not.toBe(paper);
    await expect(trainer.progress).toHaveCSS("border-top-style", "solid");
    // The canvas reads the curve's colour from this property.
    const curve = await trainer.accuracy.getByRole("img").evaluate((canvas) => {
      canvas.style.color = "var(--q-output)";
      return getComputedStyle(canvas).color;
    });
    expect(curve).not.toBe(paper);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((violation) => violation.id)).toEqual([]);
  });
});
