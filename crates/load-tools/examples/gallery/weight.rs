//! What each page weighs at somebody's first visit, against what it may weigh.

use std::collections::BTreeSet;

use accounts::test_kit::TestClient;
use anyhow::Context as _;

use crate::state::State;

/// The most that HTML and stylesheet may be before compression, and the most that everything may be on the wire. In
/// bytes of the bodies; for a list of 20, so all the more for less.
const MOST: usize = 40_000;
const MOST_ON_THE_WIRE: usize = 14_000;

#[derive(Default)]
struct Weight {
    html: usize,
    css: usize,
    wire: usize,
}

/// Prints the table, and gives what is too heavy.
pub(crate) async fn print(states: &[State]) -> anyhow::Result<Vec<String>> {
    let mut findings = Vec::new();
    println!("{:<34} {:>7} {:>7} {:>9}", "page", "HTML", "CSS", "on wire");
    for state in states.iter().filter(|state| state.is_measured) {
        let weight = weigh(state).await.with_context(|| format!("could not weigh {}", state.name))?;
        println!("{:<34} {:>7} {:>7} {:>9}", state.name, weight.html, weight.css, weight.wire);
        findings.extend(too_heavy(&weight).into_iter().map(|told| format!("{}: {told}", state.name)));
    }
    Ok(findings)
}

fn too_heavy(weight: &Weight) -> Vec<String> {
    let raw = weight.html + weight.css;
    let mut told = Vec::new();
    if raw > MOST {
        told.push(format!("HTML and CSS are {raw} bytes; {MOST} are the most"));
    }
    if weight.wire > MOST_ON_THE_WIRE {
        told.push(format!("{} bytes are sent at the first visit; {MOST_ON_THE_WIRE} are the most", weight.wire));
    }
    told
}

async fn weigh(state: &State) -> anyhow::Result<Weight> {
    let (visitor, url) = (state.visitor(), state.url());
    let page = visitor.get(&url).await;
    let mut weight = Weight { html: page.html.len(), wire: sent(&visitor, &url).await?, css: 0 };
    for sheet in page.attributes("link[rel=stylesheet]", "href") {
        weight.css += visitor.get(&sheet).await.html.len();
    }
    let loaded = [("link", "href"), ("script", "src"), ("img", "src")];
    let files: BTreeSet<String> =
        loaded.iter().flat_map(|(element, attribute)| page.attributes(element, attribute)).collect();
    for file in files {
        weight.wire += sent(&visitor, &file).await?;
    }
    Ok(weight)
}

/// The body's bytes as they are sent to a browser.
async fn sent(visitor: &TestClient, url: &str) -> anyhow::Result<usize> {
    let asked = visitor.request(poem::http::Method::GET, url).header("accept-encoding", "gzip");
    Ok(asked.send().await?.bytes().await?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_at_its_budget_passes_and_a_byte_more_is_told() {
        assert_eq!(too_heavy(&Weight { html: 30_000, css: 10_000, wire: 14_000 }), [""; 0]);
        assert_eq!(too_heavy(&Weight { html: 30_000, css: 10_001, wire: 14_001 }).len(), 2);
    }
}
