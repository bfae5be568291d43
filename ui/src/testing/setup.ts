// What jsdom does not have and the components ask for.
import { vi } from "vitest";

// English as it is written in Britain; a test of another language asks for it.
Object.defineProperty(navigator, "languages", { value: ["en-GB"], configurable: true });

class NoObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
  takeRecords(): [] {
    return [];
  }
}

/** The size of every element that is watched: jsdom lays nothing out, and a list draws what fits. */
const WIDTH_PX = 800;
const HEIGHT_PX = 600;

class OneSizeObserver {
  readonly #told: ResizeObserverCallback;
  constructor(told: ResizeObserverCallback) {
    this.#told = told;
  }
  observe(target: Element): void {
    // Rows of a list are as high as they are thought to be.
    if (target.tagName === "LI") return;
    const contentRect = { width: WIDTH_PX, height: HEIGHT_PX } as DOMRectReadOnly;
    const entry = { target, contentRect } as ResizeObserverEntry;
    queueMicrotask(() => this.#told([entry], this as unknown as ResizeObserver));
  }
  unobserve(): void {}
  disconnect(): void {}
}
vi.stubGlobal("ResizeObserver", OneSizeObserver);
vi.stubGlobal("IntersectionObserver", NoObserver);
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
  this.open = false;
  this.dispatchEvent(new Event("close"));
};
HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.scrollIntoView ??= () => {};
Element.prototype.scrollTo ??= () => {};
Element.prototype.hasPointerCapture ??= () => false;
Element.prototype.setPointerCapture ??= () => {};
Element.prototype.releasePointerCapture ??= () => {};
