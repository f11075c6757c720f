import { expect, type Locator, type Page } from "@playwright/test";
import jsQR from "jsqr";

/** The dialog with the link to the sheet. */
export class ShareDialog {
  readonly dialog: Locator;
  readonly link: Locator;
  readonly copy: Locator;
  readonly code: Locator;

  constructor(readonly page: Page) {
    this.dialog = page.getByRole("dialog", { name: "Share this sheet" });
    this.link = this.dialog.getByRole("textbox", { name: "Link" });
    this.copy = this.dialog.getByRole("button", { name: "Copy" });
    this.code = this.dialog.getByRole("img", { name: "QR code of the link" });
  }

  async open(): Promise<void> {
    await this.page.getByRole("button", { name: "Share", exact: true }).click();
    await expect(this.dialog).toBeVisible();
  }

  /** Reads the QR code from a screenshot. */
  async scan(): Promise<string | undefined> {
    const photo = (await this.code.screenshot()).toString("base64");
    const { width, height, pixels } = await this.page.evaluate(async (png) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
      const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
      canvas?.drawImage(image, 0, 0);
      const pixels = canvas?.getImageData(0, 0, image.width, image.height).data ?? [];
      return { width: image.width, height: image.height, pixels: Array.from(pixels) };
    }, photo);
    return jsQR(Uint8ClampedArray.from(pixels), width, height)?.data;
  }
}
