// A button beside the form that asks for a place: it asks the browser where the visitor is, once
// and only when it is pressed, and goes to what is on near there. The point is rounded to about a
// kilometre. Without this script the form asks for a town, a department or a region.

const form = document.querySelector("form[data-near]");

if (form && "geolocation" in navigator) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "locate";
  button.textContent = form.dataset.near;
  const said = document.createElement("p");
  said.className = "soft small";
  said.setAttribute("role", "status");
  form.append(button, said);

  const show = ({ coords }) => {
    const point = [coords.latitude, coords.longitude].map((degrees) => degrees.toFixed(2));
    const address = new URL(form.action);
    address.search = new URLSearchParams({ near: point.join(","), within: "30" });
    location.assign(address);
  };
  const fail = () => {
    button.disabled = false;
    said.textContent = form.dataset.nearFailed;
  };
  button.addEventListener("click", () => {
    button.disabled = true;
    said.textContent = "";
    navigator.geolocation.getCurrentPosition(show, fail, { timeout: 15000, maximumAge: 600000 });
  });
}
