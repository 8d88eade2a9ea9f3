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

  // For a moment after a tab is chosen GraphiQL still names the operation of the tab before it.
  // A name that the text does not have is left out, and the text's only operation runs.
  function fetcher() {
    const send = window.GraphiQL.createFetcher({ url: window.location.pathname });
    return (request, options) => {
      const name = request.operationName;
      const named = !name || new RegExp(`\\b${name}\\b`).test(request.query);
      return send(named ? request : { ...request, operationName: undefined }, options);
    };
  }

  function start() {
    const { tabs, current } = openingTabs();
    const properties = {
      fetcher: fetcher(),
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
