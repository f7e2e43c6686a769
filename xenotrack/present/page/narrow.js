(() => {
  // Drawings for one column lie packed: a wide screen never shows them.
  const packed = document.getElementById("packed");
  if (!packed || !("DecompressionStream" in window)) return;
  const phone = matchMedia("(max-width: 40rem)");
  let unpacked = false;
  const unpack = async () => {
    if (unpacked || !phone.matches) return;
    unpacked = true;
    const bytes = Uint8Array.from(atob(packed.textContent), (one) => one.charCodeAt(0));
    const whole = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const drawings = JSON.parse(await new Response(whole).text());
    for (const [name, drawing] of Object.entries(drawings)) {
      document.querySelector(`[data-narrow="${name}"]`).innerHTML = drawing;
    }
    page.choose([...page.chosen.arms], page.chosen.mouse);
  };
  phone.addEventListener("change", unpack);
  unpack();
})();
