"""GraphiQL in a real browser, offline: it opens, runs its example, and asks nobody else."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, expect, sync_playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Complaints(list[str]):
    """What the browser held against the page, and requests that left this machine's server."""

    def watch(self, page: Page, *, address: str) -> None:
        """Note everything that ``page`` does wrong from now on."""

        def note_request(request: Request) -> None:
            if not request.url.startswith((address + "/", "data:", "blob:")):
                self.append(f"request to {request.url}")

        page.on("request", note_request)
        page.on("requestfailed", lambda request: self.append(f"failed: {request.url}"))
        page.on("pageerror", lambda error: self.append(f"error: {error}"))
        page.on(
            "console",
            lambda message: (
                self.append(f"console: {message.text}") if message.type == "error" else None
            ),
        )


@pytest.fixture(scope="module")
def browser_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Return a page of a Chromium that has never been started before."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("There is no chromium on the PATH; `make test` installs it")
    profile = tmp_path_factory.mktemp("profile")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium, args=FLAGS
        )
        yield context.new_page()
        context.close()


@pytest.fixture
def complaints(browser_page: Page, address: str) -> Complaints:
    """Return the list that fills while the page is used."""
    complaints = Complaints()
    complaints.watch(browser_page, address=address)
    return complaints


def test_the_example_runs_and_nothing_comes_from_elsewhere(
    browser_page: Page, complaints: Complaints, address: str
) -> None:
    """One press of the button shows the answer; the policy and the network stay quiet."""
    browser_page.goto(f"{address}/graphql")
    browser_page.get_by_role("button", name="Execute query").click()
    result = browser_page.get_by_role("region", name="Result Window")
    expect(result).to_contain_text("Hello, reader")
    assert complaints == []


def test_the_other_operations_are_open_as_tabs(
    browser_page: Page, complaints: Complaints, address: str
) -> None:
    """Whoever comes back finds the examples, and each of them runs."""
    browser_page.goto(f"{address}/graphql")
    browser_page.get_by_role("tab", name="Sum").click()
    browser_page.get_by_role("button", name="Execute query").click()
    result = browser_page.get_by_role("region", name="Result Window")
    expect(result).to_contain_text('"sum": 3')
    assert complaints == []


def test_a_link_with_a_query_opens_on_it(
    browser_page: Page, complaints: Complaints, address: str
) -> None:
    """An address can be passed on with the question in it."""
    browser_page.goto(f"{address}/graphql?query=%7B%20page(first%3A%207)%20%7D")
    expect(browser_page.get_by_role("region", name="Query Editor")).to_contain_text("page")
    browser_page.get_by_role("button", name="Execute query").click()
    result = browser_page.get_by_role("region", name="Result Window")
    expect(result).to_contain_text('"page": 7')
    assert complaints == []


def test_missing_files_are_said_in_plain_words(browser_page: Page, address: str) -> None:
    """A package built without its bundle shows a sentence instead of an empty page."""
    browser_page.route("**/graphiql.min.js", lambda route: route.abort())
    browser_page.goto(f"{address}/graphql")
    expect(browser_page.get_by_role("alert")).to_contain_text("GraphiQL could not start")
    browser_page.unroute_all()
