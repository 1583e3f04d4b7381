// Draws the places of a map over the tiles of the server that the operator named. The outline that
// the page came with stays where this cannot be done.

import Feature from "ol/Feature.js";
import OpenLayersMap from "ol/Map.js";
import View from "ol/View.js";
import { boundingExtent, buffer, getCenter } from "ol/extent.js";
import Point from "ol/geom/Point.js";
import { defaults as interactions } from "ol/interaction/defaults.js";
import TileLayer from "ol/layer/Tile.js";
import VectorLayer from "ol/layer/Vector.js";
import { fromLonLat } from "ol/proj.js";
import VectorSource from "ol/source/Vector.js";
import XYZ from "ol/source/XYZ.js";
import { Circle, Fill, Stroke, Style } from "ol/style.js";

const NEAREST = 17;
/** A single place is shown with so many metres around it. */
const AROUND = 2500;

function placeOf(mark) {
  const [latitude, longitude] = mark.dataset.at.split(",").map(Number);
  const circle = mark.querySelector("circle");
  const feature = new Feature(new Point(fromLonLat([longitude, latitude])));
  feature.setProperties({
    href: mark.getAttribute("href"),
    label: mark.getAttribute("aria-label"),
    radius: Number(circle.getAttribute("r")) * 0.8,
  });
  return feature;
}

function styleWith(figure) {
  const colour = (name) => getComputedStyle(figure).getPropertyValue(name).trim();
  const [accent, paper] = [colour("--accent"), colour("--paper")];
  return (feature) =>
    new Style({
      image: new Circle({
        radius: feature.get("radius"),
        fill: new Fill({ color: accent }),
        stroke: new Stroke({ color: paper, width: 2 }),
      }),
    });
}

function button(label, sign, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.textContent = sign;
  made.addEventListener("click", act);
  return made;
}

function enhance(figure) {
  const places = [...figure.querySelectorAll("[data-at]")].map(placeOf);
  if (places.length === 0) return;
  const canvas = document.createElement("div");
  canvas.className = "tiled";
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", figure.querySelector("svg").getAttribute("aria-label"));
  const buttons = document.createElement("p");
  buttons.className = "map-buttons";
  const attribution = document.createElement("figcaption");
  attribution.className = "soft small";
  attribution.textContent = figure.dataset.attribution;

  const view = new View({ maxZoom: NEAREST });
  const map = new OpenLayersMap({
    target: canvas,
    view,
    controls: [],
    // The page scrolls on: a wheel over the map is not meant for it.
    interactions: interactions({ mouseWheelZoom: false, onFocusOnly: false }),
    layers: [
      new TileLayer({ source: new XYZ({ url: figure.dataset.tiles, maxZoom: NEAREST }) }),
      new VectorLayer({ source: new VectorSource({ features: places }), style: styleWith(figure) }),
    ],
  });
  const zoom = (by) => view.animate({ zoom: view.getZoom() + by, duration: 150 });
  buttons.append(
    button(figure.dataset.nearer, "+", () => zoom(1)),
    button(figure.dataset.farther, "−", () => zoom(-1)),
  );
  const placeAt = (event) => map.forEachFeatureAtPixel(event.pixel, (feature) => feature, { hitTolerance: 6 });
  map.on("click", (event) => {
    const href = placeAt(event)?.get("href");
    if (href) location.assign(href);
  });
  map.on("pointermove", (event) => {
    const place = placeAt(event);
    canvas.classList.toggle("on-place", Boolean(place?.get("href")));
    canvas.title = place?.get("label") ?? "";
  });

  for (const outline of figure.querySelectorAll("svg")) outline.setAttribute("hidden", "");
  figure.prepend(canvas, buttons);
  figure.append(attribution);
  // Other regions are far away: one finds them by zooming out.
  const region = [...figure.querySelector("svg").querySelectorAll("[data-at]")];
  const points = region.map((mark) => placeOf(mark).getGeometry().getCoordinates());
  const extent = buffer(boundingExtent(points), AROUND);
  map.updateSize();
  view.setCenter(getCenter(extent));
  view.fit(extent, { padding: [30, 30, 30, 30], maxZoom: 15 });
}

// A page with two maps has this script twice.
for (const figure of document.querySelectorAll("figure[data-tiles]")) {
  if (!figure.querySelector(".tiled")) enhance(figure);
}
