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

  // A link to /graphql?query=… opens on that query; otherwise GraphiQL opens what the visitor
  // had open last, or the examples on the first visit.
  function openingTabs() {
    const examples = JSON.parse(root.dataset.examples);
    const link = new URLSearchParams(window.location.search);
    if (link.has("query")) {
      const linked = { query: link.get("query"), variables: link.get("variables") };
      return { tabs: [linked, ...examples], current: linked };
    }
    const visitedBefore = window.localStorage.getItem("graphiql:tabState") !== null;
    return { tabs: examples, current: visitedBefore ? undefined : examples[0] };
  }

  function start() {
    const { tabs, current } = openingTabs();
    const properties = {
      fetcher: window.GraphiQL.createFetcher({ url: window.location.pathname }),
      defaultTabs: tabs.length > 0 ? tabs : undefined,
      // GraphiQL 3 fills the editors from these, and from the tabs only when one is chosen.
      query: current?.query,
      variables: current?.variables ?? undefined,
      defaultEditorToolsVisibility: "variables",
      shouldPersistHeaders: false,
    };
    window.ReactDOM.createRoot(root).render(
      window.React.createElement(window.GraphiQL, properties),
    );
  }

  if (!window.React || !window.ReactDOM || !window.GraphiQL) {
    fail("its files are not here. They are bundled when the package is built or installed.");
    return;
  }
  try {
    start();
  } catch (error) {
    fail(`${error.message}.`);
  }
})();
