import type { BrowserContext } from "@playwright/test";

/**
 * Translates every page of the context as Chrome's "Translate to …" does, at once and whenever something changes: it puts
 * `<font><font>…</font></font>` in the place of every text node with letters. The words stay the same, so that tests find
 * the elements by their names. Where the page says translate="no", nothing changes.
 */
export async function translatePages(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const translate = () => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) {
        const text = walker.currentNode as Text;
        const kept = text.parentElement?.closest('script, style, svg, textarea, font, [translate="no"], .notranslate');
        if (/\p{L}/u.test(text.data) && !kept) texts.push(text);
      }
      for (const text of texts) {
        const outer = document.createElement("font");
        const inner = document.createElement("font");
        inner.textContent = text.data;
        outer.append(inner);
        // The page keeps its reference to the text node, which is no longer in the document.
        text.replaceWith(outer);
      }
    };
    addEventListener("DOMContentLoaded", () => {
      translate();
      new MutationObserver(translate).observe(document.body, { childList: true, characterData: true, subtree: true });
    });
  });
}

/** The beginning of the message about a text node that was written to. */
const WRITTEN = "A text node was written to:";

/**
 * Notes when the page writes into a text node that exists already. A translated page shows another node in its place, so
 * the user would never see the change. Texts that change belong on elements.
 */
export async function watchTexts(context: BrowserContext, note: (message: string) => void): Promise<void> {
  context.on("console", (message) => {
    if (message.text().startsWith(WRITTEN)) note(message.text());
  });
  await context.addInitScript((message) => {
    const watch = (prototype: object, name: string) => {
      const property = Object.getOwnPropertyDescriptor(prototype, name);
      if (!property?.set) return;
      const { set } = property;
      Object.defineProperty(prototype, name, {
        ...property,
        set(this: Node, value: string) {
          if (this instanceof Text) console.debug(`${message} “${this.data}” to “${value}” in`, this.parentElement?.outerHTML);
          set.call(this, value);
        },
      });
    };
    watch(CharacterData.prototype, "data");
    watch(Node.prototype, "nodeValue");
    watch(Node.prototype, "textContent");
  }, WRITTEN);
}
