// Opens the pictures of a [data-gallery] list in a dialog; without it each is a plain link to the large picture.
(() => {
  "use strict";
  const open = (gallery, start) => {
    const links = [...gallery.querySelectorAll("a[href]")];
    let index = start;

    const dialog = document.createElement("dialog");
    dialog.className = "lightbox";
    dialog.setAttribute("aria-label", gallery.dataset.label);
    const figure = document.createElement("figure");
    figure.className = "lightbox__figure";
    const image = document.createElement("img");
    const caption = document.createElement("figcaption");
    figure.append(image, caption);

    const button = (name, text, area, act) => {
      const element = document.createElement("button");
      element.type = "button";
      element.className = `icon-button ${area}`;
      element.setAttribute("aria-label", name);
      element.textContent = text;
      element.addEventListener("click", act);
      return element;
    };
    const show = (to) => {
      index = (to + links.length) % links.length;
      const link = links[index];
      image.src = link.href;
      image.alt = link.querySelector("img").alt;
      caption.textContent = `${image.alt} (${index + 1} / ${links.length})`;
    };

    dialog.append(
      button(gallery.dataset.close, "×", "lightbox__close", () => dialog.close()),
      button(gallery.dataset.previous, "‹", "lightbox__previous", () => show(index - 1)),
      figure,
      button(gallery.dataset.next, "›", "lightbox__next", () => show(index + 1)),
    );
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") {
        show(index - 1);
      } else if (event.key === "ArrowRight") {
        show(index + 1);
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      links[index].focus();
    });
    document.body.append(dialog);
    show(index);
    dialog.showModal();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-gallery] a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    const gallery = link.closest("[data-gallery]");
    open(gallery, [...gallery.querySelectorAll("a[href]")].indexOf(link));
  });
})();
