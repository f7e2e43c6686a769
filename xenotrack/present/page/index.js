"use strict";
(() => {
  // Only the studies whose line holds what is typed; the address keeps it, so that it can be sent.
  const studies = [...document.querySelectorAll("[data-study]")];
  const field = document.getElementById("find");
  const show = () => {
    const asked = field.value.trim().toLowerCase();
    for (const one of studies) one.hidden = !one.textContent.toLowerCase().includes(asked);
    const shown = studies.filter((one) => !one.hidden && one.tagName !== "DETAILS").length;
    document.getElementById("shown").textContent = asked ? `${shown} shown` : "";
    history.replaceState(null, "", asked ? `#find=${encodeURIComponent(asked)}` : "#");
  };
  const asked = location.hash.match(/^#find=(.*)$/);
  field.closest("p").hidden = false;
  field.addEventListener("input", show);
  if (asked) {
    field.value = decodeURIComponent(asked[1]);
    show();
  }
})();
