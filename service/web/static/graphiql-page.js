"use strict";

(function () {
  const root = document.getElementById("graphiql");

  function fail(reason) {
    const notice = document.createElement("p");
    notice.id = "notice";
    notice.setAttribute("role", "alert");
    notice.textContent =
      `GraphiQL could not start: ${reason} The API itself answers POST requests at this address.`;
    root.replaceChildren(notice);
  }

  if (!window.React || !window.ReactDOM || !window.GraphiQL) {
    fail("its files are not here. They are bundled when the package is built or installed.");
    return;
  }

  // A link to /graphql?query=… opens on that query; otherwise GraphiQL opens what the visitor
  // had open last, or the examples on the first visit.
  const linked = new URLSearchParams(window.location.search);
  const properties = {
    fetcher: window.GraphiQL.createFetcher({ url: window.location.pathname }),
    defaultTabs: JSON.parse(root.dataset.examples),
    defaultEditorToolsVisibility: "variables",
    shouldPersistHeaders: false,
  };
  if (linked.has("query")) {
    properties.query = linked.get("query");
    properties.variables = linked.get("variables") ?? undefined;
  }

  try {
    window.ReactDOM.createRoot(root).render(
      window.React.createElement(window.GraphiQL, properties),
    );
  } catch (error) {
    fail(`${error.message}.`);
  }
})();
