(() => {
  // Drawings for one column lie packed: a wide screen never shows them.
  const phone = matchMedia("(max-width: 40rem)");
  let unpacked = false;
  const unpack = async () => {
    if (unpacked || !phone.matches) return;
    unpacked = true;
    for (const [name, drawing] of Object.entries(await page.unpacked("packed"))) {
      document.querySelector(`[data-narrow="${name}"]`).innerHTML = drawing;
    }
    page.choose([...page.chosen.arms], page.chosen.mouse);
  };
  phone.addEventListener("change", unpack);
  unpack();
})();
(() => {
  // Further rows of long tables lie packed, and come once the page is seen.
  const unpack = async () => {
    for (const [name, rows] of Object.entries(await page.unpacked("packed-rows"))) {
      const body = document.querySelector(`[data-rest="${name}"]`);
      body.insertAdjacentHTML("beforeend", rows);
      delete body.dataset.rest;
      body.closest(".scroll").nextElementSibling.remove(); // which says that there are more
    }
    if (page.chosen.arms.size) page.choose([...page.chosen.arms], page.chosen.mouse);
    page.filter();
  };
  const soon = window.requestIdleCallback ?? setTimeout;
  if (location.hash === "#everything") unpack();
  else addEventListener("load", () => soon(unpack));
})();
