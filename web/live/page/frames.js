// Draw the frames of a widget that plays on a canvas over the widget's <img>. A browser keeps
// each decoded picture of an <img> for a while: half a minute of play takes 60 MB on a phone, and
// more elsewhere. A canvas keeps only the newest. After the last frame the <img> shows it again.

import { make } from "../../pages/dom.js";

const QUICK = 500; // milliseconds between two pictures; the second is drawn on the canvas
const REST = 2500; // milliseconds without a picture; then the <img> shows the last one

// Return ipywidgets' view of an Image with such a canvas, where the browser supports it.
export function onCanvas(ImageView) {
  if (!window.createImageBitmap || !window.ImageBitmapRenderingContext) return ImageView;
  return class extends ImageView {
    update() {
      const now = performance.now();
      const follows = now - this.updated < QUICK;
      this.updated = now;
      if (!follows && !this.canvas) {
        super.update();
        return;
      }
      clearTimeout(this.resting);
      this.resting = setTimeout(() => this.rest(), REST);
      this.due = true;
      if (!this.drawing) this.drawing = this.draw();
    }

    async draw() {
      while (this.due) {
        this.due = false; // of frames that arrive while one is drawn, the newest is next
        const type = `image/${this.model.get("format")}`;
        const blob = new Blob([this.model.get("value")], { type });
        const bitmap = await createImageBitmap(blob).catch(() => null);
        if (!bitmap) super.update();
        else if (this.el.isConnected) this.show(bitmap);
      }
      this.drawing = null;
    }

    show(bitmap) {
      if (!this.canvas) {
        this.canvas = make("canvas", { className: "live-frame" });
        this.canvas.setAttribute("aria-hidden", "true"); // the picture is still there
        this.el.after(this.canvas);
        this.moved = new ResizeObserver(() => this.cover());
        const around = this.el.offsetParent ?? document.body; // none while it is hidden
        for (const element of [this.el, around]) this.moved.observe(element);
      }
      this.cover();
      this.canvas.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
    }

    cover() {
      for (const [side, place] of [
        ["left", "offsetLeft"],
        ["top", "offsetTop"],
        ["width", "offsetWidth"],
        ["height", "offsetHeight"],
      ]) {
        this.canvas.style[side] = `${this.el[place]}px`;
      }
    }

    uncover() {
      this.moved?.disconnect();
      this.canvas?.remove();
      this.canvas = null;
    }

    async rest() {
      await this.drawing;
      const last = this.updated;
      super.update();
      await this.el.decode().catch(() => {}); // otherwise the picture would flicker
      if (last === this.updated) this.uncover();
    }

    remove() {
      clearTimeout(this.resting);
      this.uncover();
      super.remove();
    }
  };
}
