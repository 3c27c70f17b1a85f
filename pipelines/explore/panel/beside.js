// FiftyOne opens panels of a sample as tabs over its picture. This puts ours beside it, unless the
// browser already keeps a layout with it (layout key of the App 1.22; there is no API for it yet).
(() => {
  const key = "fo-sample-modal-plugins", frame = "fo-sample-modal-plugin", chain = "chain_panel";
  if ((localStorage.getItem(key) ?? "").includes(chain)) return;
  const pane = (id, type, pinned) => ({
    id, type: "panel-container", activeChild: type, children: [{ id: type, type, pinned, children: [] }],
  });
  localStorage.setItem(key, JSON.stringify({
    id: "root", type: "panel-container", layout: "horizontal", sizes: [0.55, 0.45],
    activeChild: "left", children: [pane("left", frame, true), pane("right", chain, false)],
  }));
})();
