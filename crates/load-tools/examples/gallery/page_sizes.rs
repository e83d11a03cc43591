//! Measures the size of each page at a first visit and compares it with the budget.

use std::collections::BTreeSet;

use accounts::test_kit::TestClient;
use anyhow::Context as _;
use load_tools::page_budget::PageSize;
use poem::http::Method;

use crate::state::State;

/// Prints a table of sizes, and returns the pages that exceed the budget.
pub(crate) async fn measure(states: &[State]) -> anyhow::Result<Vec<String>> {
    let mut findings = Vec::new();
    println!("{:<34} {:>7} {:>7} {:>12}", "page", "HTML", "CSS", "transferred");
    for state in states.iter().filter(|state| state.is_measured) {
        let size = size(state).await.with_context(|| format!("could not measure {}", state.name))?;
        println!("{:<34} {:>7} {:>7} {:>12}", state.name, size.html, size.css, size.transferred);
        findings.extend(size.findings().into_iter().map(|finding| format!("{}: {finding}", state.name)));
    }
    Ok(findings)
}

async fn size(state: &State) -> anyhow::Result<PageSize> {
    let (client, url) = (state.client(), state.url());
    let page = client.get(&url).await;
    let mut size = PageSize { html: page.html.len(), transferred: transferred(&client, &url).await?, css: 0 };
    for sheet in page.attributes("link[rel=stylesheet]", "href") {
        size.css += client.get(&sheet).await.html.len();
    }
    // A browser loads no canonical URL, and an icon for the home screen only when the page is put there.
    let references =
        [("link:is([rel=stylesheet], [rel=icon], [rel=manifest])", "href"), ("script", "src"), ("img", "src")];
    let files: BTreeSet<String> =
        references.iter().flat_map(|(element, attribute)| page.attributes(element, attribute)).collect();
    for file in files {
        size.transferred += transferred(&client, &file).await?;
    }
    Ok(size)
}

/// The length of a body as it is sent to a client that accepts gzip.
async fn transferred(client: &TestClient, url: &str) -> anyhow::Result<usize> {
    let request = client.request(Method::GET, url).header("accept-encoding", "gzip");
    Ok(request.send().await?.bytes().await?.len())
}
