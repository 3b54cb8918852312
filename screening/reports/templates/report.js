"use strict";
(() => {
  const list = document.getElementById("files");
  const cards = [...list.children];
  const tiles = [...document.querySelectorAll("[data-filter]")];
  const search = document.getElementById("search");
  const order = document.getElementById("order");
  const status = document.getElementById("status");
  const empty = document.getElementById("empty");
  const texts = new WeakMap();
  let filter = "all";

  const textOf = (card) => {
    if (!texts.has(card)) texts.set(card, card.textContent.toLowerCase());
    return texts.get(card);
  };
  const passes = (card) =>
    filter === "all" ||
    (filter === "incomplete" ? card.dataset.complete === "no" : card.dataset.decision === filter);

  const show = () => {
    const needles = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const card of cards) {
      const visible = passes(card) && needles.every((needle) => textOf(card).includes(needle));
      card.hidden = !visible;
      shown += visible;
    }
    status.textContent = `${shown} of ${cards.length} shown`;
    empty.hidden = shown > 0;
  };
  const sort = () => {
    const sorted = order.value === "worst"
      ? [...cards].sort((a, b) => b.dataset.rank - a.dataset.rank)
      : cards;
    list.append(...sorted);
  };

  for (const tile of tiles) {
    tile.addEventListener("click", () => {
      filter = tile.dataset.filter;
      for (const other of tiles) other.setAttribute("aria-pressed", String(other === tile));
      show();
    });
  }
  search.addEventListener("input", show);
  order.addEventListener("change", sort);

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });

  document.documentElement.classList.add("scripted");
  show();
})();
